import { ActiveFaults, type FaultChange } from "@bellmesh/mesh";

const PICOSECONDS_PER_NS = 1000;

/** The faults that befall one node's clock and what it says of itself. */
export class ClockFaults {
  readonly #active = new ActiveFaults();
  readonly #node: string;

  constructor(node: string) {
    this.#node = node;
  }

  /** Something has begun or ended. @returns by how much the clock jumps now, in ps; 0 for anything but a step */
  change(change: FaultChange): number {
    const { fault } = change;
    if (!("node" in fault.target) || fault.target.node !== this.#node) return 0;
    if (fault.kind === "clock-step") return PICOSECONDS_PER_NS * fault.args.stepNs;
    this.#active.change(change);
    return 0;
  }

  /** By how much stamps err beside their usual jitter. */
  get jitterPs(): number {
    const squares = this.#active.of("clock-jitter").map(({ args }) => args.sigmaNs * args.sigmaNs);
    return PICOSECONDS_PER_NS * Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  }

  /** It offers its time to nobody. */
  get isSilent(): boolean {
    return this.#active.of("grandmaster-loss").length > 0;
  }

  /** The priority that it claims without right. */
  get falsePriority(): number | undefined {
    const priorities = this.#active.of("false-announce").map(({ args }) => args.priority1);
    return priorities.length === 0 ? undefined : Math.min(...priorities);
  }
}
