import {
  type Call,
  Code,
  type Effect,
  effect,
  StandingStream,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import { after, type Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { DeliveriesRequest, DeliveriesResponse, MeasurePairResponse } from "@bellmesh/wire/node-controller";
import { nodeControllerMethods } from "./requester.ts";
import type { RequesterTable } from "./requester-table.ts";
import { basisOf, type End, type TomographyTable } from "./tomography-table.ts";

/** What a measuring application is told. */
export interface TomographerConfig {
  readonly end: End;
  /** Its node, where it stands itself. */
  readonly node: string;
  /** How long it keeps a half before it measures: as long as the other end's delivery may be behind. */
  readonly waitNs: number;
  /** The request it measures the pairs of, once that is known. */
  readonly table: RequesterTable;
  readonly shots: TomographyTable;
}

interface Kept {
  readonly pair: string;
  readonly requestId: string;
  index: BellIndex | undefined;
}

const MEASURE_DEADLINE_NS = 10_000_000_000;
/** The other program of the experiment has not said yet which request it is. */
const ASK_AGAIN_AFTER_NS = 1_000_000;
const TIMER = "measure:";

/** An application at one end of a request with `hold`: measures its half of every pair, in nine settings by turns. */
export class Tomographer {
  readonly #config: TomographerConfig;
  readonly #deliveries: StandingStream<DeliveriesRequest, DeliveriesResponse>;
  /** Halves to measure, by their pairs' numbers. */
  readonly #kept = new Map<number, Kept>();
  readonly #measuring = new Map<Call, { readonly pairSequence: number; readonly kept: Kept }>();
  #lastSequence = 0;
  #lastCall = 0;

  constructor(config: TomographerConfig) {
    this.#config = config;
    const node = `node-controller/${config.node}` as const;
    this.#deliveries = new StandingStream(node, nodeControllerMethods.deliveries, new StreamNumbers());
  }

  started(): Effect[] {
    const effects: Effect[] = [];
    this.#deliveries.open(effects, { afterSequence: 0 });
    return effects;
  }

  delivery(now: Instant, { sequence, requestId, event }: DeliveriesResponse): Effect[] {
    this.#lastSequence = sequence;
    if (event?.$case === "delivered") {
      const { pairSequence, pair, bellIndex: index, at } = event.delivered;
      this.#kept.set(pairSequence, { pair, requestId, index });
      const due = after(Math.max(now, at) as Instant, this.#config.waitNs);
      return [effect.setTimer(`${TIMER}${pairSequence}`, due)];
    }
    if (event?.$case === "upgraded") {
      const kept = this.#kept.get(event.upgraded.pairSequence);
      if (kept?.pair === event.upgraded.pair) kept.index = event.upgraded.bellIndex;
    } else if (event?.$case === "expired" && event.expired.retracted) {
      this.#kept.delete(event.expired.pairSequence);
      if (requestId === this.#config.table.requestId) this.#config.shots.retract(event.expired.pairSequence);
    }
    return [];
  }

  streamEnded(now: Instant, stream: Stream, status: Status): Effect[] {
    const effects: Effect[] = [];
    if (status.code === Code.OUT_OF_RANGE) this.#lastSequence = 0;
    this.#deliveries.ended(now, effects, stream);
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    const effects: Effect[] = [];
    if (timer === this.#deliveries.timer) {
      this.#deliveries.open(effects, { afterSequence: this.#lastSequence });
      return effects;
    }
    const pairSequence = Number(timer.slice(TIMER.length));
    const kept = this.#kept.get(pairSequence);
    if (!kept) return effects;
    const { end, node, table } = this.#config;
    if (table.requestId === undefined) return [effect.setTimer(timer, after(now, ASK_AGAIN_AFTER_NS))];
    this.#kept.delete(pairSequence);
    if (kept.requestId !== table.requestId) return effects;
    this.#lastCall += 1;
    const call = this.#lastCall as Call<MeasurePairResponse>;
    this.#measuring.set(call, { pairSequence, kept });
    const request = { pair: kept.pair, basis: basisOf(end, pairSequence) };
    const deadline = after(now, MEASURE_DEADLINE_NS);
    return [effect.call(call, `node-controller/${node}`, nodeControllerMethods.measurePair, request, deadline)];
  }

  measured(call: Call, { bit }: MeasurePairResponse): Effect[] {
    const measuring = this.#measuring.get(call);
    this.#measuring.delete(call);
    const { end, shots } = this.#config;
    if (measuring) shots.read(end, measuring.pairSequence, bit, measuring.kept.index);
    return [];
  }

  failed(call: Call): Effect[] {
    if (this.#measuring.delete(call)) this.#config.shots.missed += 1;
    return [];
  }
}
