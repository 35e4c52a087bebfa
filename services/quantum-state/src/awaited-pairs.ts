import { type Effect, effect, type Stream } from "@bellmesh/mesh";
import { after, type Instant, parsePairId } from "@bellmesh/wire";
import type { OperateRequest, OperateResponse } from "@bellmesh/wire/quantum-state";
import { mayCome } from "./heralding-stations.ts";
import type { QubitHolder } from "./qubit-holder.ts";

/** The timer of the operation that has waited longest. */
export const AWAITED_TIMER = "awaited pairs";

/**
 * How long an operation waits for its pair. Station and node reach nature by different ways, and nothing but the load
 * of real processes decides who is first; what is later than this will not come.
 */
const AWAITED_FOR_NS = 1_000_000_000;
/** Operations that may wait at a time; one more is not held back. */
const AWAITED_MAX = 4096;

/** An operation as it was asked for. */
export interface Asked {
  readonly request: OperateRequest;
  readonly stream: Stream<OperateResponse>;
  /** By how much the emulator has made it late. */
  readonly lateNs: number;
}

/** One whose pair nature has not heard of. */
export interface Awaiting extends Asked {
  readonly until: Instant;
}

const none: readonly Awaiting[] = Object.freeze([]);

/** Operations that came before the pair they are for. */
export class AwaitedPairs {
  /** By pair, each in the order of coming; the pairs in the order of their first operation. */
  readonly #awaiting = new Map<string, Awaiting[]>();
  #size = 0;

  /** The pair that an operation has to wait for; undefined when it need not wait, or cannot. */
  neededBy(request: OperateRequest, holder: QubitHolder): string | undefined {
    if (this.#size >= AWAITED_MAX) return undefined;
    return operandsOf(request).find((name) => isUnheardOf(holder, name));
  }

  /** Keeps an operation until the pair that it needs comes. */
  park(now: Instant, pair: string, asked: Asked): readonly Effect[] {
    const until = after(now, AWAITED_FOR_NS);
    const effects: Effect[] = [];
    if (this.#size === 0) effects.push(effect.setTimer(AWAITED_TIMER, until));
    this.#size += 1;
    const awaiting = this.#awaiting.get(pair);
    if (awaiting) awaiting.push({ ...asked, until });
    else this.#awaiting.set(pair, [{ ...asked, until }]);
    return effects;
  }

  /** The pair has come: takes out what waited for it. */
  take(pair: string): readonly Awaiting[] {
    const awaiting = this.#size > 0 ? this.#awaiting.get(pair) : undefined;
    if (!awaiting) return none;
    this.#awaiting.delete(pair);
    this.#size -= awaiting.length;
    return awaiting;
  }

  /** The timer has come: takes out what has waited too long, and sets the timer for the next. */
  lapsed(now: Instant, effects: Effect[]): readonly Awaiting[] {
    const lapsed: Awaiting[] = [];
    for (const [pair, [first]] of this.#awaiting) {
      if (first && first.until > now) {
        effects.push(effect.setTimer(AWAITED_TIMER, first.until));
        break;
      }
      lapsed.push(...this.take(pair));
    }
    return lapsed;
  }
}

/** Whether a pair of this name may still come, and was not given up before. */
export function isUnheardOf({ held, stations, unwanted }: QubitHolder, name: string): boolean {
  if (held.has(name) || unwanted.has(name)) return false;
  const id = parsePairId(name);
  const station = id && stations.get(id.link);
  return station ? mayCome(station, id) : id !== undefined;
}

/** The qubits an operation needs. A discard needs none: it is good for a half that has yet to come, too. */
export function operandsOf({ operation }: OperateRequest): readonly string[] {
  switch (operation?.$case) {
    case "bellMeasurement":
      return [operation.bellMeasurement.first, operation.bellMeasurement.second];
    case "controlledGate":
      return [operation.controlledGate.control, operation.controlledGate.target];
    case "delivery":
      return [operation.delivery.qubit];
    case "correction":
      return [operation.correction.qubit];
    case "measurement":
      return [operation.measurement.qubit];
    case "move":
      return [operation.move.qubit];
    case "gate":
      return [operation.gate.qubit];
    default:
      return [];
  }
}
