import { type BellIndex, memoryDecay, type PauliEigenvalues } from "@bellmesh/bell";
import { Qubit } from "@bellmesh/joint-state";
import type { QubitHolder } from "./qubit-holder.ts";

/** Two clocks of a mesh agree only to their uncertainty: stamps this much older than the last touch are not stale. */
const STAMP_TOLERANCE_NS = 1_000;

/** Two qubits that were created together, or became far halves of one pair by Bell measurements in between. */
export interface EntangledPair {
  /** Undefined when that half is gone. */
  first: Half | undefined;
  second: Half | undefined;
  /** The noise-free Bell index from everything announced; undefined once it follows from no announcement. */
  intended: BellIndex | undefined;
  /** Its fidelity stands in the ledger. */
  recorded: boolean;
}

/** A qubit a node holds: half of a pair under the pair's id, or one the node initialised under a name of its own. */
export class Half extends Qubit {
  readonly holder: QubitHolder;
  readonly name: string;
  /** It came as half of a pair; else the node made it. */
  readonly isOfPair: boolean;
  pair: EntangledPair | undefined;
  /** True instant of the node's last operation on it; its state stands at `agedToNs`, which is no later. */
  lastTouchNs: number;
  agedToNs: number;
  delivered = false;
  deliveredNs = 0;
  announced: BellIndex | undefined = undefined;
  /** The application consumed it: its name is forgotten, its state is kept until the other half is delivered too. */
  released = false;

  constructor(holder: QubitHolder, name: string, pair: EntangledPair | undefined, sinceNs: number) {
    super();
    this.holder = holder;
    this.name = name;
    this.isOfPair = pair !== undefined;
    this.pair = pair;
    this.lastTouchNs = sinceNs;
    this.agedToNs = sinceNs;
  }

  /** Whether an operation with this true instant comes too long after one with a later instant. */
  isStale(atNs: number): boolean {
    return atNs < this.lastTouchNs - STAMP_TOLERANCE_NS;
  }

  /** Notes an operation, without ageing: the state is aged when the operation needs it. */
  touch(atNs: number): void {
    if (atNs > this.lastTouchNs) this.lastTouchNs = atNs;
  }

  /** Notes an operation and lets the qubit wait until then. */
  ageTo(atNs: number): void {
    this.touch(atNs);
    const { lastTouchNs, agedToNs, register } = this;
    if (lastTouchNs === agedToNs || register === undefined) return;
    register.wait(this.position, this.decayUntil(lastTouchNs));
    this.agedToNs = lastTouchNs;
  }

  /** What waiting from where its state stands until this instant does to it; nothing when that has passed. */
  decayUntil(atNs: number): PauliEigenvalues {
    const { t1S, t2S } = this.holder.memory;
    return memoryDecay(t1S, t2S, Math.max(0, atNs - this.agedToNs) * 1e-9);
  }

  /** The other half of its pair, when there is one still. */
  get partner(): Half | undefined {
    const { pair } = this;
    return pair?.first === this ? pair.second : pair?.first;
  }

  /** It is gone: its pair knows it no more. */
  leavePair(): void {
    const { pair } = this;
    if (!pair) return;
    if (pair.first === this) pair.first = undefined;
    else pair.second = undefined;
    this.pair = undefined;
  }
}
