import { type Effect, effect, type Stream } from "@bellmesh/mesh";
import { type OperateResponse, RefusalReason } from "@bellmesh/wire/quantum-state";
import type { NatureCounters } from "./counters.ts";
import type { Half } from "./half.ts";
import type { Hardware } from "./hardware-timeline.ts";
import type { QubitHolder } from "./qubit-holder.ts";

const nothing: readonly Effect[] = Object.freeze([]);

/** One operation under way: whose it is, when it happens in true time, and how it is answered. */
export class Operation {
  readonly holder: QubitHolder;
  /** The node's number of it. */
  readonly id: number;
  readonly atNs: number;
  /** By how much the emulator made it later than it would have been. */
  readonly lateNs: number;
  /** When it starts, in true time. */
  startNs: number;
  readonly #counters: NatureCounters;
  readonly #stream: Stream<OperateResponse>;

  constructor(
    holder: QubitHolder,
    atNs: number,
    counters: NatureCounters,
    stream: Stream<OperateResponse>,
    operationId: number,
    lateNs: number,
  ) {
    this.holder = holder;
    this.atNs = atNs;
    this.startNs = atNs;
    this.lateNs = lateNs;
    this.#counters = counters;
    this.#stream = stream;
    this.id = operationId;
  }

  /** The operand of this name when the operation may touch it, or why not. */
  operand(name: string): Half | RefusalReason {
    const half = this.holder.held.get(name);
    if (!half) return this.#whyGone(name);
    return half.isStale(this.atNs) ? RefusalReason.STALE : half;
  }

  #whyGone(name: string): RefusalReason {
    switch (this.holder.gone.get(name)) {
      case "swapped":
      case "lost":
        return RefusalReason.LOST;
      case "discarded":
        return RefusalReason.DISCARDED;
      default:
        return RefusalReason.NOT_HELD;
    }
  }

  /**
   * Lets the operands wait until the operation starts: when it was asked for, or when the one before is over.
   * @returns the hardware in force then
   */
  start(...operands: readonly Half[]): Hardware {
    let startNs = this.atNs;
    for (const half of operands) {
      half.touch(this.atNs);
      startNs = Math.max(startNs, half.lastTouchNs, half.busyUntilNs);
    }
    for (const half of operands) half.settle(startNs, this.lateNs);
    this.startNs = startNs;
    return this.holder.hardware.at(startNs);
  }

  /** The operation goes on for so long: its operands are free no sooner. */
  lasts(durationNs: number, ...operands: readonly Half[]): void {
    for (const half of operands) half.busyUntilNs = this.startNs + durationNs;
  }

  /** Done; the operation asks for no answer. */
  done(): readonly Effect[] {
    return nothing;
  }

  answered(outcome: OperateResponse["outcome"]): Effect {
    return effect.send(this.#stream, { operationId: this.id, outcome });
  }

  /** Refuses because of one operand. */
  refuseOperand(name: string, reason: RefusalReason): readonly Effect[] {
    const { name: node } = this.holder;
    if (reason === RefusalReason.STALE) {
      return this.refuse(reason, `${name} was touched at a later instant; operations on one qubit grow in time`, name);
    }
    if (reason === RefusalReason.LOST) {
      return this.refuse(reason, `${name} was swapped, or lost while ${node} was away; its end is in the ledger`, name);
    }
    return this.refuse(reason, `${name} is not held by ${node}; operate on a qubit of yours that is not gone`, name);
  }

  /** @param operand the qubit or the field at fault; empty where it is the operation as a whole */
  refuse(reason: RefusalReason, message: string, operand = ""): readonly Effect[] {
    switch (reason) {
      case RefusalReason.NOT_HELD:
      case RefusalReason.LOST:
      case RefusalReason.DISCARDED:
        this.#counters.notHeld += 1;
        break;
      case RefusalReason.STALE:
        this.#counters.stale += 1;
        break;
      case RefusalReason.EMULATOR_LIMIT:
        this.#counters.emulatorLimit += 1;
        break;
      default:
        this.#counters.invalid += 1;
    }
    return [this.answered({ $case: "refusal", refusal: { reason, message, operand } })];
  }
}
