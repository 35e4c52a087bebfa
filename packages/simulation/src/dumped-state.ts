import { type BellIndex, bellIndices, bellName } from "@bellmesh/bell";
import { type DensityMatrix, type Register, reasonFor } from "@bellmesh/joint-state";
import type { Half } from "@bellmesh/quantum-state";
import type { PairFidelity } from "@bellmesh/wire/ledger";

/** The joint state of two halves as nature has it. No service ever sees it. */
export interface DumpedState {
  readonly pair: string;
  /** The left qubit first: node, and the link pair whose half it is. */
  readonly halves: readonly [DumpedHalf, DumpedHalf];
  readonly atNs: number;
  readonly engine: string;
  readonly why: string;
  /** What both ends were told, or nature's noise-free index before anybody was told; absent: not known. */
  readonly announced: string | undefined;
  /** ⟨B|ρ|B⟩ for that index; absent where there is none. */
  readonly fidelity: number | undefined;
  /** ⟨B|ρ|B⟩ for each of the four Bell states. */
  readonly bellWeights: Readonly<Record<string, number>>;
  /** Tr ρ². */
  readonly purity: number;
  /** Entry (row, column) of the 4×4 matrix as [real, imaginary]; row 2·q0 + q1, q0 the left qubit. */
  readonly rho: readonly (readonly (readonly [number, number])[])[];
}

export interface DumpedHalf {
  readonly node: string;
  readonly pair: string;
  /** When the node delivered it, in true time; absent: not yet. */
  readonly deliveredNs: number | undefined;
}

/**
 * Lets both halves wait until the instant and reads their state. The world they are of is not to go on after that: what
 * is entangled with them is traced out.
 * @param told what nature wrote of the pair, where it was delivered
 */
export function dumpedState(pair: string, left: Half, right: Half, atNs: number, told?: PairFidelity): DumpedState {
  const engine = left.register?.engine ?? "";
  const others = sizeBeside(left, right);
  const why = reason(left.register, others);
  const matrix = stateOf(left, right, atNs);
  const index = told?.announced ?? left.pair?.intended;
  const weights = bellIndices.map((bell) => [bellName(bell), overlap(matrix, bell)] as const);
  return {
    pair,
    halves: [halfOf(left, told), halfOf(right, told)],
    atNs,
    engine,
    why,
    announced: index && bellName(index),
    fidelity: index && overlap(matrix, index),
    bellWeights: Object.fromEntries(weights),
    purity: purityOf(matrix),
    rho: rowsOf(matrix),
  };
}

function halfOf({ holder, name, delivered, deliveredNs }: Half, told: PairFidelity | undefined): DumpedHalf {
  const isFirst = told?.firstPair === name && told.firstNode === holder.name;
  const toldNs = isFirst ? told.firstDeliveredAt : told?.secondDeliveredAt;
  return { node: holder.name, pair: name, deliveredNs: toldNs ?? (delivered ? deliveredNs : undefined) };
}

/** How many other qubits stand in the halves' register. */
function sizeBeside(left: Half, right: Half): number {
  return left.register && left.register === right.register ? left.register.size - 2 : 0;
}

/** Two halves that a measurement has left in registers of their own are a product. */
function stateOf(left: Half, right: Half, atNs: number): DensityMatrix {
  left.ageTo(atNs);
  right.ageTo(atNs);
  if (!left.register || !right.register) throw new Error("a half that is held has a state");
  if (left.register === right.register) return left.register.reduced([left.position, right.position]);
  return left.register.reduced([left.position]).tensor(right.register.reduced([right.position]));
}

/** Why this engine, and who else is in it. */
function reason(register: Register | undefined, others: number): string {
  if (!register) return "";
  const beside = others > 0 ? `; other qubits in the same register: ${others}` : "";
  const sample = register.isTrajectory ? "; one sample of a mixture, which means something on average only" : "";
  return `${reasonFor(register)}${beside}${sample}`;
}

/** ⟨B|ρ|B⟩: the two rows where |B(x,z)⟩ has amplitudes ±1/√2. */
function overlap({ real }: DensityMatrix, { x, z }: BellIndex): number {
  const [one, other] = x ? [1, 2] : [0, 3];
  const coherence = (real[4 * one + other] as number) + (real[4 * other + one] as number);
  const populations = (real[5 * one] as number) + (real[5 * other] as number);
  return (populations + (z ? -coherence : coherence)) / 2;
}

function purityOf({ real, imaginary }: DensityMatrix): number {
  let sum = 0;
  for (const [entry, value] of real.entries()) {
    const other = imaginary[entry] as number;
    sum += value * value + other * other;
  }
  return sum;
}

function rowsOf({ real, imaginary }: DensityMatrix): DumpedState["rho"] {
  return [0, 1, 2, 3].map((row) =>
    [0, 1, 2, 3].map((column) => {
      const entry = 4 * row + column;
      return [(real[entry] as number) + 0, (imaginary[entry] as number) + 0] as const;
    }),
  );
}
