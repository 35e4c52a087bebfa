import type { BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import { Qubit, wait } from "@bellmesh/joint-state";
import { type EndLoss, lossOfWaiting, type PairBudget } from "./fidelity-budget.ts";
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
  /** Where it lost its fidelity, but for the waiting of its two halves. */
  readonly budget: PairBudget;
}

/** A qubit a node holds: half of a pair under the pair's id, or one the node initialised under a name of its own. */
export class Half extends Qubit {
  readonly holder: QubitHolder;
  readonly name: string;
  /** It came as half of a pair; else the node made it. */
  readonly isOfPair: boolean;
  pair: EntangledPair | undefined;
  /** True instant of the node's last operation on it. */
  lastTouchNs: number;
  /** Up to when its state has waited. */
  agedToNs: number;
  /** Until then the last operation on it goes on; the next one starts no sooner. */
  busyUntilNs: number;
  /** What its waiting alone would have taken from a perfect pair. */
  waitLoss = 0;
  /** It waits in storage, no longer in a communication slot. */
  inStorage = false;
  /** The node's number of the correction applied last: one that is told again is not applied again. */
  correctedBy: number | undefined = undefined;
  delivered = false;
  deliveredNs = 0;
  /** By how much the emulator made its delivery late. */
  deliveredLateNs = 0;
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
    this.busyUntilNs = sinceNs;
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
    this.settle(this.lastTouchNs);
  }

  /**
   * Lets the qubit wait until an instant, which need be no operation of its own.
   * @param lateNs how much of the end of that wait the emulator has caused
   */
  settle(untilNs: number, lateNs = 0): void {
    const { agedToNs, register } = this;
    if (untilNs <= agedToNs || register === undefined) return;
    const decay = this.decayUntil(untilNs);
    wait(this, decay, this.holder.noiseChance);
    this.agedToNs = untilNs;
    const loss = lossOfWaiting(decay);
    const emulated = loss * shareOf(lateNs, untilNs - agedToNs);
    this.waitLoss += loss - emulated;
    if (this.pair && emulated > 0) this.pair.budget.emulator += emulated;
  }

  /** What its waiting has lost up to an instant, of which this is its decay; `lateNs` as of `settle`. */
  lossUntil(untilNs: number, decay: PauliEigenvalues, lateNs: number): EndLoss {
    const loss = lossOfWaiting(decay);
    const emulated = loss * shareOf(lateNs, untilNs - this.agedToNs);
    return { node: this.holder.name, loss: this.waitLoss + loss - emulated, emulated };
  }

  /** What waiting from where its state stands until this instant does to it; nothing when that has passed. */
  decayUntil(atNs: number): PauliEigenvalues {
    const { hardware, attempts } = this.holder;
    return hardware.decay(this.agedToNs, Math.max(atNs, this.agedToNs), attempts, this.inStorage);
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

/** The emulator's share of a wait. */
function shareOf(lateNs: number, waitedNs: number): number {
  return waitedNs > 0 ? Math.min(1, lateNs / waitedNs) : 0;
}
