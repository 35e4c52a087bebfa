import type { FrequencyNoise } from "@bellmesh/hardware";
import type { Call, Effect, HardwareReading, Input, Machine, Stream } from "@bellmesh/mesh";
import { methodsOf } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import { type ClockSpec, loadTopology, type Topology } from "@bellmesh/topology";
import { instant } from "@bellmesh/wire";
import { ClockState, type ClockStatus, ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { ClockAnnounce, type ClockCorrection } from "@bellmesh/wire/control";
import { type DisciplinedSegment, disciplined, identitySegment } from "./disciplined-segment.ts";
import { service as clockSync } from "./service.ts";
import { differencePs, shifted } from "./stamp.ts";

const { exchange, watchStatus } = methodsOf(ClockSyncServiceDefinition);
const watch = 2 as Stream;

/** Light takes 50 µs from n0 to n1. */
const lab = loadTopology("line:3");

function topology(clock: Partial<ClockSpec>): Topology {
  const unlikeReal = { stampJitterPs: 100, syncIntervalS: 1, asymmetryPs: 0, initialOffsetNs: 1000, driftPpb: 1000 };
  const steady = { agingPpbPerDay: 0, whiteAt1S: 0, flickerFloor: 0 };
  return { ...lab, clock: { grandmaster: "n0", preset: "white-rabbit", ...unlikeReal, ...steady, ...clock } };
}

/** A clock-sync of the node at this place. */
export function machine(place: string, clock: Partial<ClockSpec>, seed = 1): Machine {
  return clockSync.start({ config: { topology: topology(clock) }, place, entropy: new SeededEntropy(seed) });
}

/** The timer of an exchange, at this hardware reading. */
export function tick(dueNs: number, reading: HardwareReading = { instant: dueNs, picoseconds: 0 }): Input {
  return { kind: "timer", timer: "sync", due: instant(dueNs), reading };
}

/** What a free-running oscillator does. */
export interface Oscillation {
  readonly offsetPs: number;
  readonly driftPpb: number;
  readonly agingPpbPerDay?: number;
  readonly noise?: FrequencyNoise;
}

/**
 * A grandmaster on a perfect oscillator and one node on a bad one, 10 km apart, an exchange per round. A silent
 * grandmaster answers none, but announces itself all the same.
 */
export class ClosedLoop {
  readonly delayPs = 50_000_000;
  extraDelayBackPs = 0;
  silent = false;
  /** By how much the oscillator was set ahead meanwhile. */
  stepPs = 0;
  readonly corrections: ClockCorrection[] = [];
  status: ClockStatus = {
    state: ClockState.UNSPECIFIED,
    grandmaster: "",
    uncertaintyPs: 0,
    offsetPs: 0,
    frequencyPpb: 0,
    pathDelayPs: 0,
  };
  /** True error by claimed bound, the worst of the last round. */
  worstRatio = 0;
  /** Mean square of the true error over what is left of the last round after its exchange, in ps². */
  squarePs = 0;
  readonly #master: Machine;
  readonly #node: Machine;
  readonly #oscillation: Oscillation;
  readonly #intervalNs: number;
  #segment: DisciplinedSegment = identitySegment;
  #true: HardwareReading = { instant: 0, picoseconds: 0 };

  constructor(clock: Partial<ClockSpec>, oscillation: Oscillation, seed: number, incarnation = 1) {
    this.#oscillation = oscillation;
    this.#intervalNs = (clock.syncIntervalS ?? 1) * 1e9;
    this.#master = machine("n0", clock, seed);
    this.#master.step(instant(0), { kind: "started", incarnation: 1, recovered: new Map() });
    this.#node = machine("n1", clock, seed);
    this.#take(this.#node.step(this.#now(), { kind: "started", incarnation, recovered: new Map() }));
    const opened = { kind: "stream-opened", stream: watch, method: watchStatus, request: {} } as const;
    this.#take(this.#node.step(this.#now(), { ...opened, from: "link-layer/n1" }));
  }

  /** One sync interval: timer, exchange, then the wait for the next, with the error checked on the way. */
  round(): void {
    this.worstRatio = 0;
    const start = this.#true;
    for (const made of this.#master.step(instant(start.instant), tick(start.instant, start))) {
      if (made.kind !== "publish") continue;
      this.#node.step(this.#now(), { kind: "message", subject: made.subject, type: made.type, message: made.message });
    }
    const effects = this.#node.step(this.#now(), tick(this.#now(), this.#hardware()));
    this.#take(effects);
    const made = effects.find((effect) => effect.kind === "call");
    if (made?.kind === "call" && !this.silent) {
      this.#check();
      this.#true = shifted(this.#true, this.delayPs);
      const answers = this.#master.step(instant(this.#true.instant), {
        kind: "call",
        call: 2 as Call,
        method: exchange,
        request: made.request,
        from: "clock-sync/n1",
        deadline: made.deadline,
        reading: this.#true,
      });
      const answer = answers.find((effect) => effect.kind === "respond");
      if (answer?.kind !== "respond") throw new Error("the grandmaster did not respond");
      this.#true = shifted(this.#true, this.delayPs + this.extraDelayBackPs);
      const reply = { kind: "reply", call: made.call, method: exchange, response: answer.response } as const;
      this.#take(this.#node.step(this.#now(), { ...reply, reading: this.#hardware() }));
    }
    this.#check();
    this.squarePs = (this.errorPs() * this.errorPs()) / 8;
    for (let part = 1; part <= 4; part++) {
      this.#true = shifted(start, (part * this.#intervalNs * 1000) / 4);
      this.#check();
      this.squarePs += (this.errorPs() * this.errorPs()) / (part === 4 ? 8 : 4);
    }
  }

  /** The node's disciplined clock minus the grandmaster's. */
  errorPs(): number {
    return differencePs(disciplined(this.#segment, this.#hardware()), this.#true);
  }

  #check(): void {
    const ratio = Math.abs(this.errorPs()) / Math.max(1, this.status.uncertaintyPs);
    this.worstRatio = Math.max(this.worstRatio, ratio);
  }

  #hardware(): HardwareReading {
    const { offsetPs, driftPpb, agingPpbPerDay = 0, noise } = this.#oscillation;
    const elapsedNs = this.#true.instant;
    const meanPpb = driftPpb + (agingPpbPerDay * elapsedNs) / 1e9 / 86_400 / 2;
    const noisePs = 1000 * (noise?.phaseNs(elapsedNs + this.#true.picoseconds / 1000) ?? 0);
    return shifted(this.#true, Math.round(offsetPs + this.stepPs + elapsedNs * meanPpb * 1e-6 + noisePs));
  }

  #now() {
    return instant(disciplined(this.#segment, this.#hardware()).instant);
  }

  #take(effects: readonly Effect[]): void {
    for (const made of effects) {
      if (made.kind === "send") this.status = (made.item as { status: ClockStatus }).status;
      if (made.kind !== "publish" || made.type === ClockAnnounce) continue;
      const correction = made.message as ClockCorrection;
      this.corrections.push(correction);
      this.#segment = {
        fromHardwareNs: correction.fromHardware,
        fromHardwarePs: correction.fromHardwarePs,
        disciplinedNs: correction.disciplined,
        disciplinedPs: correction.disciplinedPs,
        frequencyPpb: correction.frequencyPpb,
      };
    }
  }
}
