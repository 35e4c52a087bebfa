import type { Address, Effect, Machine, Stream } from "@bellmesh/mesh";
import { methodsOf } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import type { DoubleClickHeralding, Link, Topology } from "@bellmesh/topology";
import { type Instant, instant, subjects } from "@bellmesh/wire";
import { ClockCorrection } from "@bellmesh/wire/control";
import type { Feedforward, Herald } from "@bellmesh/wire/feedforward";
import {
  type Arm,
  type GenerateRequest,
  type GenerateResponse,
  PhysicalLinkServiceDefinition,
  type SeriesEnd,
} from "@bellmesh/wire/physical-link";
import { type CreatePairsRequest, QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { service } from "./service.ts";

export const { generate } = methodsOf(PhysicalLinkServiceDefinition);
export const { createPairs } = methodsOf(QuantumStateServiceDefinition);

/** Of the attempts of the test's link. */
export const PERIOD_NS = 100_000;
/** Light time over either arm. */
export const ARM_NS = 25_000;
/** The station's stream to nature. */
export const NATURE = 1 as Stream;

/** What a test's link has other than the ideal one. */
export interface Hardware extends Partial<DoubleClickHeralding> {
  /** Instead of what the link has otherwise. */
  link?: Partial<Link>;
  armsKm?: [number, number];
  initialOffsetNs?: number;
}

/** Two nodes, 10 km of lossless fibre; ideal unless said otherwise: every second attempt succeeds. */
export function pairOfNodes({ armsKm = [5, 5], initialOffsetNs = 0, link, ...heralding }: Hardware): Topology {
  const node = (name: string) => ({
    name,
    memory: { t1S: Infinity, t2S: Infinity, communicationSlots: 1, attemptDephasing: 0 },
    gates: {
      twoQubitDepolarising: 0,
      twoQubitNs: 0,
      oneQubitDepolarising: 0,
      oneQubitNs: 0,
      initialDepolarising: 0,
      initialNs: 0,
      crosstalkDepolarising: 0,
    },
    readout: { p01: 0, p10: 0, durationNs: 0 },
  });
  return {
    name: "test",
    fibreSpeedKmPerS: 200_000,
    timeScale: 1,
    clock: {
      grandmaster: "alice",
      preset: "perfect",
      stampJitterPs: 0,
      syncIntervalS: 1,
      asymmetryPs: 0,
      initialOffsetNs,
      driftPpb: 0,
      agingPpbPerDay: 0,
      whiteAt1S: 0,
      flickerFloor: 0,
    },
    nodes: [node("alice"), node("bob")],
    links: [
      {
        name: "alice-bob",
        ends: ["alice", "bob"],
        armsKm,
        attenuationDbPerKm: 0,
        heralding: {
          scheme: "double-click",
          emissionEfficiency: 1,
          emissionFidelity: 1,
          darkCountProbability: 0,
          visibility: 1,
          detectionWindowNs: 20,
          photonLifetimeNs: 10,
          periodNs: PERIOD_NS,
          ...heralding,
        },
        ...link,
      },
    ],
    cutoffS: undefined,
  };
}

/** A station under test with both ends' streams; time goes on only as the test says. */
export class Bench {
  readonly pairs: CreatePairsRequest[] = [];
  readonly heralds: { at: number; to: string; herald: Herald; notAfter: number }[] = [];
  readonly ends: { at: number; stream: Stream; response: GenerateResponse }[] = [];
  readonly closed: { stream: Stream; code: number }[] = [];
  readonly alice = 2 as Stream;
  readonly bob = 4 as Stream;
  /** Events that it has written into the ledger. */
  recorded = 0;
  now = 0;
  timerDue: number | undefined;
  mute = false;
  readonly #machine: Machine;

  constructor(hardware: Hardware = {}, seed = 1, natureListens = true) {
    const entropy = new SeededEntropy(seed);
    this.#machine = service.start({
      config: { topology: pairOfNodes(hardware) },
      place: "alice-bob",
      entropy: { stream: (name) => entropy.stream(name), fresh: (name) => new SeededEntropy(seed).stream(name) },
    });
    this.step({ kind: "started", incarnation: 3, recovered: new Map() });
    if (natureListens) this.natureListens();
    this.open(this.alice, "link-layer/alice");
    this.open(this.bob, "link-layer/bob");
  }

  natureListens(stream = NATURE): void {
    this.step({ kind: "stream-item", stream, method: createPairs, item: { pair: "" } });
  }

  /** Nature has every pair it was told of, unless it is `mute`. */
  #confirm({ pair }: CreatePairsRequest, stream: Stream): void {
    if (!this.mute) this.step({ kind: "stream-item", stream, method: createPairs, item: { pair } });
  }

  open(stream: Stream, from: Address): void {
    this.step({ kind: "stream-opened", stream, method: generate, request: undefined, from });
  }

  step(input: Parameters<Machine["step"]>[1]): void {
    const effects = this.#machine.step(instant(this.now), input);
    for (const effect of effects) this.#note(effect);
    for (const effect of effects) {
      if (effect.kind === "send" && effect.stream % 2 === 1) {
        this.#confirm(effect.item as CreatePairsRequest, effect.stream);
      }
    }
  }

  #note(effect: Effect): void {
    const at = this.now;
    if (effect.kind === "send" && effect.stream % 2 === 1) this.pairs.push(effect.item as CreatePairsRequest);
    if (effect.kind === "send" && effect.stream % 2 === 0) {
      this.ends.push({ at, stream: effect.stream, response: effect.item as GenerateResponse });
    }
    if (effect.kind === "record") this.recorded += 1;
    if (effect.kind === "close") this.closed.push({ stream: effect.stream, code: effect.status.code });
    if (effect.kind === "set-timer" && effect.timer === "series") this.timerDue = effect.due;
    if (effect.kind === "cancel-timer" && effect.timer === "series") this.timerDue = undefined;
    if (effect.kind === "publish") {
      const { payload, notAfter } = effect.message as Feedforward;
      if (payload?.$case === "herald") {
        this.heralds.push({ at, to: effect.subject.split(".")[5] ?? "", herald: payload.herald, notAfter });
      }
    }
  }

  send(stream: Stream, command: GenerateRequest["command"], link = "alice-bob"): void {
    this.step({ kind: "stream-item", stream, method: generate, item: { link, command } });
  }

  arm(stream: Stream, arm: Partial<Arm> = {}): void {
    const base: Arm = {
      queueId: { queue: 0, sequence: 1 },
      firstCycle: 0,
      stride: 1,
      untilCycle: 1_000_000,
      expectedSequence: 0,
      incarnation: 7,
      usefulForNs: 0,
    };
    this.send(stream, { $case: "arm", arm: { ...base, ...arm } });
  }

  armBoth(arm: Partial<Arm> = {}): void {
    this.arm(this.alice, arm);
    this.arm(this.bob, arm);
  }

  stop(stream: Stream, sequence = 1): void {
    this.send(stream, { $case: "stop", stop: { queueId: { queue: 0, sequence } } });
  }

  /** Lets the station's timer come, if it is due by then; then it is that instant. */
  advance(to: number): void {
    while (this.timerDue !== undefined && this.timerDue <= to) {
      const due = this.timerDue as Instant;
      this.now = due;
      this.timerDue = undefined;
      this.step({ kind: "timer", timer: "series", due, reading: undefined });
    }
    this.now = to;
  }

  /** Runs until nothing is due any more. */
  settle(): void {
    while (this.timerDue !== undefined) this.advance(this.timerDue);
  }

  /** @param expected what the node says of its clock's error, if anything */
  correct(
    node: string,
    disciplined: number,
    sequence = 1,
    expected: Pick<ClockCorrection, "expectedErrorPs" | "expectedDriftPpb"> = {},
  ): void {
    const message: ClockCorrection = {
      node,
      incarnation: 1,
      sequence,
      fromHardware: this.now,
      fromHardwarePs: 0,
      disciplined,
      disciplinedPs: 0,
      frequencyPpb: 0,
      ...expected,
    };
    this.step({ kind: "message", subject: subjects.control("test", node, "clock"), type: ClockCorrection, message });
  }

  reasons(): [Stream, SeriesEnd][] {
    return this.ends.map(({ stream, response }) => [stream, response.reason]);
  }
}
