import type { Effect, StandingStream } from "@bellmesh/mesh";
import type { CreatePairsRequest, CreatePairsResponse } from "@bellmesh/wire/quantum-state";
import type { AttemptSeries } from "./attempt-series.ts";
import type { End } from "./end.ts";

/** Where an item is no pair. */
const noPair = {
  pair: "",
  firstNode: "",
  secondNode: "",
  firstEmitted: 0,
  secondEmitted: 0,
  bellWeights: [],
  announced: undefined,
  attempts: 0,
  photonOffsetPs: 0,
};

/**
 * Tells nature when the ends attempt, where it has asked for that: each attempt dephases the other qubits a node
 * stores, also those that are used before the series is over. So nature hears of its start, and how many attempts there
 * were when it is over, but never how many there will be.
 */
export class ReportedSeries {
  readonly #nature: StandingStream<CreatePairsRequest, CreatePairsResponse>;
  readonly #ends: readonly [End, End];
  #isAsked = false;
  #isReported = false;

  constructor(nature: StandingStream<CreatePairsRequest, CreatePairsResponse>, ends: readonly [End, End]) {
    this.#nature = nature;
    this.#ends = ends;
  }

  /** Nature asks for reports, or for no more; of the series that goes on too. */
  asked(effects: Effect[], isAsked: boolean, running: AttemptSeries | undefined): void {
    this.#isAsked = isAsked;
    if (running && !this.#isReported) this.started(effects, running);
  }

  started(effects: Effect[], { cycles }: AttemptSeries): void {
    if (!this.#isAsked) return;
    const [first, second] = this.#ends;
    const { firstCycle, stride } = cycles;
    const firstAttempt = first.emittedNs(firstCycle);
    const spacingNs = Math.max(1, first.emittedNs(firstCycle + stride) - firstAttempt);
    const seriesStarted = { firstAttempt, secondAttempt: second.emittedNs(firstCycle), spacingNs };
    this.#isReported = this.#nature.send(effects, { ...noPair, seriesStarted });
  }

  /** @param attempts made in this series, without those before it was cut and redrawn */
  stopped(effects: Effect[], attempts: number): void {
    if (!this.#isReported) return;
    this.#isReported = false;
    this.#nature.send(effects, { ...noPair, seriesStopped: { attempts } });
  }
}
