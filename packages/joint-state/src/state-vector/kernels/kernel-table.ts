/** What `kernels.ts` says of the meaning of all these: numbers of bytes, except the result, a sum. */
export type Kernel = (
  from: number,
  to: number,
  lowSpread: number,
  highSpread: number,
  offset0: number,
  offset1: number,
  offset2: number,
  offset3: number,
  factors: number,
) => number;

const kernelNames = [
  "turn",
  "turnByFirst",
  "turnBySecond",
  "turnFour",
  "exchange",
  "scale",
  "move",
  "phase",
  "weigh",
  "wipe",
] as const;

/** Which kernel, by name. */
export type KernelName = (typeof kernelNames)[number];

/** The kernels' numbers, by which a task names them. */
export const kernelNumbers = Object.fromEntries(kernelNames.map((name, index) => [name, index])) as Readonly<
  Record<KernelName, number>
>;

const layoutNames = ["single", "runs", "bit0", "bit1"];
const [SINGLE, RUNS, BIT_0, BIT_1] = [0, 1, 2, 3];
/** A layout other than "single" takes four groups at a time. */
const FOUR_GROUPS_BYTES = 64;
/** A spread from bit 2 on, or from above, leaves four groups that follow one another neighbours. */
const SPREAD_AT_BIT_2 = -64;

/** The kernels on one memory, each in its layouts. */
export class KernelTable {
  readonly #kernels: readonly Kernel[];

  /** @param module the compiled `kernels.wasm`; @param memory shared, up to 4,097 pages */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory) {
    const { exports } = new WebAssembly.Instance(module, { state: { memory } });
    this.#kernels = kernelNames.flatMap((name) =>
      layoutNames.map((layout) => (exports[`${name}.${layout}`] ?? exports[`${name}.single`]) as Kernel),
    );
  }

  /** The kernel in the layout for these spreads and so many bytes of groups, which begin at a multiple of four. */
  get(kernel: KernelName, lowSpread: number, highSpread: number, bytes: number): Kernel {
    return this.numbered(kernelNumbers[kernel], lowSpread, highSpread, bytes);
  }

  /** The same by the kernel's number. */
  numbered(kernel: number, lowSpread: number, highSpread: number, bytes: number): Kernel {
    return this.#kernels[kernel * layoutNames.length + layoutOf(lowSpread, highSpread, bytes)] as Kernel;
  }
}

function layoutOf(lowSpread: number, highSpread: number, bytes: number): number {
  if (bytes < FOUR_GROUPS_BYTES) return SINGLE;
  if (lowSpread === 0 || lowSpread <= SPREAD_AT_BIT_2) return RUNS;
  // The other 0 must be inserted above all that the four groups reach.
  if (highSpread !== 0 && highSpread > 2 * SPREAD_AT_BIT_2) return SINGLE;
  return lowSpread === -16 ? BIT_0 : BIT_1;
}
