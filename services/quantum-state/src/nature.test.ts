import {
  type BellIndex,
  bellIndices,
  combine,
  memoryDecay,
  phiMinus,
  phiPlus,
  psiMinus,
  psiPlus,
} from "@bellmesh/bell";
import type { Address, AnyMethod, Call, Effect, Machine, Stream } from "@bellmesh/mesh";
import { Code, methodsOf } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import type { Storage, Topology, TopologyNode } from "@bellmesh/topology";
import { instant, subjects } from "@bellmesh/wire";
import { ClockCorrection } from "@bellmesh/wire/control";
import { Outcome } from "@bellmesh/wire/ledger";
import {
  Basis,
  type OperateRequest,
  type OperateResponse,
  QuantumStateServiceDefinition,
  RefusalReason,
} from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";
import { HELD_MAX } from "./local-operations.ts";
import { service } from "./service.ts";

const { operate, createPairs, calibrate, showHardware } = methodsOf(QuantumStateServiceDefinition);

type Operation = NonNullable<OperateRequest["operation"]>;
type Recorded = Extract<Effect, { kind: "record" }>["event"];

interface Hardware {
  t1S?: number;
  t2S?: number;
  twoQubitDepolarising?: number;
  p01?: number;
  p10?: number;
  initialOffsetNs?: number;
  storage?: Storage;
}

function nodeNamed(name: string, hardware: Hardware): TopologyNode {
  return {
    name,
    memory: {
      t1S: hardware.t1S ?? Infinity,
      t2S: hardware.t2S ?? Infinity,
      communicationSlots: 1,
      attemptDephasing: 0,
      ...(hardware.storage && { storage: hardware.storage }),
    },
    gates: {
      twoQubitDepolarising: hardware.twoQubitDepolarising ?? 0,
      twoQubitNs: 0,
      oneQubitDepolarising: 0,
      oneQubitNs: 0,
      initialDepolarising: 0,
      initialNs: 0,
      crosstalkDepolarising: 0,
    },
    readout: { p01: hardware.p01 ?? 0, p10: hardware.p10 ?? 0, durationNs: 0 },
  };
}

/** alice – bob – carol – dave, all with the same hardware. */
function chain(hardware: Hardware): Topology {
  const names = ["alice", "bob", "carol", "dave"];
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
      initialOffsetNs: hardware.initialOffsetNs ?? 0,
      driftPpb: 0,
      agingPpbPerDay: 0,
      whiteAt1S: 0,
      flickerFloor: 0,
    },
    nodes: names.map((name) => nodeNamed(name, hardware)),
    links: names.slice(1).map((name, place) => ({
      name: `${names[place]}-${name}`,
      ends: [names[place] as string, name] as const,
      armsKm: [5, 5] as const,
      attenuationDbPerKm: 0.2,
      heralding: {
        scheme: "double-click" as const,
        emissionEfficiency: 1,
        emissionFidelity: 1,
        darkCountProbability: 0,
        visibility: 1,
        detectionWindowNs: 10,
        photonLifetimeNs: 10,
        periodNs: 100_000,
      },
    })),
    cutoffS: undefined,
  };
}

/** Nature under test, with a stream per node and link, and what it answered and recorded. */
class Laboratory {
  /** What it has recorded, but for the pairs it has made. */
  readonly recorded: Recorded[] = [];
  readonly made: string[] = [];
  readonly closed: { stream: Stream; code: number }[] = [];
  now = 0;
  /** What came of the pair that was heralded last. */
  heralding: readonly Effect[] = [];
  readonly #machine: Machine;
  readonly #streams = new Map<string, Stream>();
  #answers: OperateResponse[] = [];
  #nextStream = 2;
  #nextOperation = 1;

  constructor(hardware: Hardware = {}, seed = 1) {
    const entropy = new SeededEntropy(seed);
    this.#machine = service.start({
      config: { topology: chain(hardware) },
      place: "nature",
      entropy: {
        stream: (name) => entropy.stream(name),
        fresh: (name) => new SeededEntropy(seed).stream(name),
      },
    });
  }

  /** What nature has sent to nodes since the last operation. */
  get answers(): readonly OperateResponse[] {
    return this.#answers.filter(({ operationId }) => operationId > 0);
  }

  step(input: Parameters<Machine["step"]>[1]): readonly Effect[] {
    const effects = this.#machine.step(instant(this.now), input);
    for (const effect of effects) {
      if (effect.kind === "record") this.#note(effect.event);
      if (effect.kind === "close") this.closed.push({ stream: effect.stream, code: effect.status.code });
      if (effect.kind === "send") this.#answers.push(effect.item as OperateResponse);
    }
    return effects;
  }

  #note(event: Recorded): void {
    if (event.$case === "pairHeralded") this.made.push(event.pairHeralded.pair);
    else this.recorded.push(event);
  }

  open(from: Address, method: AnyMethod = operate): Stream {
    const stream = this.#nextStream as Stream;
    this.#nextStream += 2;
    this.step({ kind: "stream-opened", stream, method, request: undefined, from });
    return stream;
  }

  node(name: string): Stream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = this.open(`node-controller/${name}`);
      this.#streams.set(name, stream);
      this.on(stream, 0, { $case: "attach", attach: { incarnation: 1 } });
    }
    return stream;
  }

  on(stream: Stream, at: number, operation: Operation): OperateResponse["outcome"] {
    this.#answers = [];
    const item = { operationId: this.#nextOperation, at, operation };
    this.step({ kind: "stream-item", stream, method: operate, item });
    const [answer] = this.#answers;
    if (answer) expect(answer.operationId).toBe(this.#nextOperation);
    this.#nextOperation += 1;
    return answer?.outcome;
  }

  operate(node: string, at: number, operation: Operation): OperateResponse["outcome"] {
    return this.on(this.node(node), at, operation);
  }

  /** A pair of this link, by default perfect, emitted at 0. */
  pair(link: string, sequence: number, announced: BellIndex = phiPlus, weights?: number[], emitted = 0): string {
    const [firstNode = "", secondNode = ""] = link.split("-");
    let stream = this.#streams.get(link);
    if (stream === undefined) {
      stream = this.open(`physical-link/${link}`, createPairs);
      this.#streams.set(link, stream);
    }
    const pair = `${link}/1/${sequence}`;
    const bellWeights = weights ?? bellIndices.map((index) => (index === announced ? 1 : 0));
    const ends = { firstNode, secondNode, firstEmitted: emitted, secondEmitted: emitted };
    const item = { pair, ...ends, bellWeights, announced, attempts: 9, photonOffsetPs: 30 };
    this.heralding = this.step({ kind: "stream-item", stream, method: createPairs, item });
    return pair;
  }

  bell(node: string, at: number, first: string, second: string): BellIndex {
    const outcome = this.operate(node, at, { $case: "bellMeasurement", bellMeasurement: { first, second } });
    if (outcome?.$case !== "bell") throw new Error(`no Bell measurement: ${JSON.stringify(outcome)}`);
    return outcome.bell;
  }

  deliver(node: string, at: number, qubit: string, announced: BellIndex | undefined, released = true): void {
    const delivery = { qubit, announced, released };
    expect(this.operate(node, at, { $case: "delivery", delivery })).toBeUndefined();
  }

  bit(node: string, at: number, qubit: string, basis: Basis): boolean {
    const outcome = this.operate(node, at, { $case: "measurement", measurement: { qubit, basis } });
    if (outcome?.$case !== "bit") throw new Error(`no measurement: ${JSON.stringify(outcome)}`);
    return outcome.bit;
  }

  fidelities(): { fidelity: number; intended: BellIndex | undefined; engine: string }[] {
    return this.recorded.flatMap((event) =>
      event.$case === "pairFidelity"
        ? [{ ...event.pairFidelity, fidelity: event.pairFidelity.fidelityPpt / 1e12 }]
        : [],
    );
  }
}

function refusalOf(outcome: OperateResponse["outcome"]): RefusalReason {
  return outcome?.$case === "refusal" ? outcome.refusal.reason : RefusalReason.UNSPECIFIED;
}

describe("who may ask", () => {
  test("only a heralding station of the network may announce pairs, and only of its own link's ends", () => {
    const laboratory = new Laboratory();
    laboratory.open("node-controller/alice", createPairs);
    laboratory.open("physical-link/alice-dave", createPairs);
    expect(laboratory.closed.map(({ code }) => code)).toEqual([Code.PERMISSION_DENIED, Code.PERMISSION_DENIED]);
    const stream = laboratory.open("physical-link/alice-bob", createPairs);
    const item = {
      pair: "bob-carol/1/1",
      firstNode: "alice",
      secondNode: "bob",
      firstEmitted: 0,
      secondEmitted: 0,
      bellWeights: [1, 0, 0, 0],
      announced: phiPlus,
    };
    laboratory.step({ kind: "stream-item", stream, method: createPairs, item });
    expect(laboratory.closed[2]).toEqual({ stream, code: Code.PERMISSION_DENIED });
  });

  test("only a node-controller of the network may operate, and only after it has attached", () => {
    const laboratory = new Laboratory();
    laboratory.open("link-layer/alice");
    laboratory.open("node-controller/eve");
    const stream = laboratory.open("node-controller/alice");
    laboratory.on(stream, 0, { $case: "discard", discard: { qubit: "alice-bob/1/1" } });
    expect(laboratory.closed.map(({ code }) => code)).toEqual([
      Code.PERMISSION_DENIED,
      Code.PERMISSION_DENIED,
      Code.FAILED_PRECONDITION,
    ]);
  });

  test("a node touches only what it holds itself", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    const outcome = laboratory.operate("carol", 0, { $case: "discard", discard: { qubit: pair } });
    expect(refusalOf(outcome)).toBe(RefusalReason.NOT_HELD);
    expect(laboratory.operate("bob", 0, { $case: "discard", discard: { qubit: pair } })).toBeUndefined();
  });

  test("what a station tells again is not made again, also when it has ended in the meantime", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    for (const node of ["alice", "bob"]) {
      laboratory.pair("alice-bob", 1);
      laboratory.operate(node, 10, { $case: "discard", discard: { qubit: pair } });
    }
    laboratory.pair("alice-bob", 2);
    laboratory.pair("alice-bob", 1);
    expect(laboratory.made).toEqual([pair, "alice-bob/1/2"]);
    const measurement = { qubit: pair, basis: Basis.Z };
    const refused = laboratory.operate("alice", 20, { $case: "measurement", measurement });
    expect(refused).toMatchObject({ $case: "refusal", refusal: { reason: RefusalReason.DISCARDED } });
  });

  test("weights that are no probabilities end the station's stream", () => {
    const laboratory = new Laboratory();
    laboratory.pair("alice-bob", 1, phiPlus, [0.9, 0, 0, 0]);
    expect(laboratory.closed[0]?.code).toBe(Code.INVALID_ARGUMENT);
    expect(laboratory.made).toEqual([]);
  });
});

describe("pairs end to end", () => {
  test("ideal hardware: for every pair of heralded indices the fidelity of the announced index is 1", () => {
    const laboratory = new Laboratory();
    let sequence = 0;
    for (const left of bellIndices) {
      for (const right of bellIndices) {
        for (let repetition = 0; repetition < 8; repetition += 1) {
          sequence += 1;
          const a = laboratory.pair("alice-bob", sequence, left);
          const b = laboratory.pair("bob-carol", sequence, right);
          const announced = combine(combine(left, right), laboratory.bell("bob", 10, a, b));
          laboratory.deliver("alice", 20, a, announced);
          laboratory.deliver("carol", 30, b, announced);
          const last = laboratory.fidelities().at(-1);
          expect(last).toMatchObject({ fidelity: 1, intended: announced, engine: "pair" });
        }
      }
    }
    expect(laboratory.fidelities().length).toBe(sequence);
  });

  test("a half in storage decays as there from its move on, whose noise it has: the closed form", () => {
    const storage = { slots: 1, t1S: 8, t2S: 5, moveNs: 40_000_000, moveDepolarising: 0.03 };
    const laboratory = new Laboratory({ t1S: 2, t2S: 1, storage });
    const pair = laboratory.pair("alice-bob", 1);
    const intoStorage = { $case: "move", move: { qubit: pair, intoStorage: true } } as const;
    expect(laboratory.operate("alice", 1e8, intoStorage)).toBeUndefined();
    expect(laboratory.operate("alice", 1.5e8, intoStorage)).toBeUndefined(); // it is there already
    laboratory.deliver("alice", 7e8, pair, phiPlus);
    laboratory.deliver("bob", 0, pair, phiPlus);
    const before = memoryDecay(2, 1, 0.1);
    const after = memoryDecay(8, 5, 0.6);
    const bob = memoryDecay(2, 1, 0.7);
    // ¼[1 + λz + 2λx + γaγb]: both halves relax towards |0⟩, and the move leaves 97 % of the state before it.
    const [keptX, keptZ] = [0.97 * before.x * after.x * bob.x, 0.97 * before.z * after.z * bob.z];
    const towardsZero = 0.97 * (1 - before.z) * after.z + (1 - after.z);
    const expected = (1 + keptZ + 2 * keptX + towardsZero * (1 - bob.z)) / 4;
    expect(laboratory.fidelities()[0]?.fidelity).toBeCloseTo(expected, 11);
    expect(laboratory.recorded).toContainEqual({
      $case: "qubitMoved",
      qubitMoved: { qubit: pair, node: "alice", intoStorage: true, startedAt: 1e8 },
    });
  });

  test("nothing is moved where there is no storage", () => {
    const laboratory = new Laboratory();
    const move = { qubit: laboratory.pair("alice-bob", 1), intoStorage: true };
    expect(refusalOf(laboratory.operate("alice", 1, { $case: "move", move }))).toBe(RefusalReason.INVALID);
  });

  test("a correction moves state and intended index alike", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1, psiPlus);
    laboratory.operate("alice", 5, {
      $case: "correction",
      correction: { qubit: pair, applied: { x: false, z: true } },
    });
    laboratory.deliver("alice", 6, pair, psiMinus);
    laboratory.deliver("bob", 6, pair, psiMinus);
    expect(laboratory.fidelities()[0]).toMatchObject({ fidelity: 1, intended: psiMinus });
  });

  test("fidelity is that at the later delivery, whichever report reaches nature first", () => {
    const expected = (t: number) => {
      const one = memoryDecay(2, 1, t * 1e-9);
      return (1 + 2 * one.x * one.x + (one.z * one.z + (1 - one.z) * (1 - one.z))) / 4;
    };
    for (const order of [
      ["alice", "bob"],
      ["bob", "alice"],
    ] as const) {
      const laboratory = new Laboratory({ t1S: 2, t2S: 1 });
      const pair = laboratory.pair("alice-bob", 1);
      for (const node of order) laboratory.deliver(node, node === "alice" ? 1e8 : 3e8, pair, phiPlus);
      expect(laboratory.fidelities()[0]?.fidelity).toBeCloseTo(expected(3e8), 11);
    }
  });

  test("a delivery by the other end does not age what this end still holds", () => {
    const laboratory = new Laboratory({ t1S: 2, t2S: 1 });
    const pair = laboratory.pair("alice-bob", 1);
    laboratory.deliver("alice", 1e8, pair, phiPlus, false);
    laboratory.deliver("bob", 9e8, pair, phiPlus);
    const outcome = laboratory.operate("alice", 2e8, {
      $case: "measurement",
      measurement: { qubit: pair, basis: Basis.Z },
    });
    expect(outcome?.$case).toBe("bit");
  });

  test("ends that announce different indices are recorded with the first's, unknown ones count a quarter", () => {
    const laboratory = new Laboratory();
    const [one, two] = [laboratory.pair("alice-bob", 1), laboratory.pair("alice-bob", 2)];
    laboratory.deliver("bob", 1, one, psiPlus);
    laboratory.deliver("alice", 2, one, phiPlus);
    laboratory.deliver("bob", 1, two, undefined);
    laboratory.deliver("alice", 2, two, undefined);
    expect(laboratory.fidelities().map(({ fidelity }) => fidelity)).toEqual([1, 0.25]);
  });

  test("both ends of a delivered pair that is still held measure what its index says", () => {
    const laboratory = new Laboratory();
    for (let sequence = 1; sequence <= 20; sequence += 1) {
      const pair = laboratory.pair("alice-bob", sequence, psiPlus);
      laboratory.deliver("alice", 1, pair, psiPlus, false);
      laboratory.deliver("bob", 1, pair, psiPlus, false);
      const basis = sequence % 2 === 0 ? Basis.Z : Basis.X;
      const equal = laboratory.bit("alice", 2, pair, basis) === laboratory.bit("bob", 2, pair, basis);
      expect(equal).toBe(basis === Basis.X);
    }
    expect(laboratory.fidelities().length).toBe(20);
  });

  test("a half that was promoted by a gate keeps its pair's fidelity, in the density matrix", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    const gate = { qubit: pair, axis: Basis.X, angle: Math.PI / 2 };
    laboratory.operate("alice", 1, { $case: "gate", gate });
    laboratory.operate("alice", 1, { $case: "gate", gate });
    laboratory.deliver("alice", 2, pair, psiPlus);
    laboratory.deliver("bob", 2, pair, psiPlus);
    const [recorded] = laboratory.fidelities();
    expect(recorded).toMatchObject({ engine: "density-matrix", intended: undefined });
    expect(recorded?.fidelity).toBeCloseTo(1, 11);
  });
});

describe("time", () => {
  test("a stamp older than the qubit's last touch is refused, one within a microsecond is taken as that touch", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1, phiPlus, undefined, 5_000);
    const correction = { qubit: pair, applied: phiPlus };
    const at = (ns: number) => refusalOf(laboratory.operate("alice", ns, { $case: "correction", correction }));
    expect(at(3_999)).toBe(RefusalReason.STALE);
    expect(at(4_000)).toBe(RefusalReason.UNSPECIFIED);
    expect(at(9_000)).toBe(RefusalReason.UNSPECIFIED);
    expect(at(4_000)).toBe(RefusalReason.STALE);
  });

  test("stamps are on the caller's own clock: nature turns them into true time, as corrected", () => {
    const laboratory = new Laboratory({ initialOffsetNs: 1e6 });
    const pair = laboratory.pair("alice-bob", 1, phiPlus, undefined, 5_000_000);
    const correction = { qubit: pair, applied: phiPlus };
    // Bob's clock is ahead by some 10^6 ns, so that a local 5 ms is before the emission; a segment puts it right.
    expect(refusalOf(laboratory.operate("bob", 5_000_000, { $case: "correction", correction }))).toBe(
      RefusalReason.STALE,
    );
    const message: ClockCorrection = {
      node: "bob",
      incarnation: 1,
      sequence: 1,
      fromHardware: 0,
      fromHardwarePs: 0,
      disciplined: 0,
      disciplinedPs: 0,
      frequencyPpb: 0,
    };
    const behind = { ...message, fromHardware: 5_000_000, disciplined: 1 };
    const subject = subjects.control("test", "bob", "clock");
    laboratory.step({
      kind: "message",
      subject: subjects.control("test", "eve", "clock"),
      type: ClockCorrection,
      message: behind,
    });
    expect(refusalOf(laboratory.operate("bob", 5_000_000, { $case: "correction", correction }))).toBe(
      RefusalReason.STALE,
    );
    laboratory.step({ kind: "message", subject, type: ClockCorrection, message: behind });
    expect(refusalOf(laboratory.operate("bob", 5_000_000, { $case: "correction", correction }))).toBe(
      RefusalReason.UNSPECIFIED,
    );
  });
});

describe("crashes", () => {
  test("a higher incarnation loses every undelivered half of the node, and the partner's half is left mixed", () => {
    const laboratory = new Laboratory();
    const [lost, delivered] = [laboratory.pair("alice-bob", 1), laboratory.pair("alice-bob", 2)];
    laboratory.deliver("alice", 1, delivered, phiPlus, false);
    laboratory.operate("alice", 1, { $case: "initialise", initialise: { qubit: "scratch" } });
    const former = laboratory.node("alice");
    const stream = laboratory.open("node-controller/alice");
    laboratory.on(stream, 2, { $case: "attach", attach: { incarnation: 2 } });
    expect(laboratory.recorded).toEqual([
      { $case: "halfEnded", halfEnded: { pair: lost, node: "alice", outcome: Outcome.LOST_CRASH } },
    ]);
    expect(refusalOf(laboratory.on(stream, 3, { $case: "discard", discard: { qubit: lost } }))).toBe(
      RefusalReason.LOST,
    );
    expect(
      laboratory.operate("bob", 3, { $case: "measurement", measurement: { qubit: lost, basis: Basis.Z } })?.$case,
    ).toBe("bit");
    laboratory.on(former, 4, { $case: "discard", discard: { qubit: lost } });
    expect(laboratory.closed).toEqual([{ stream: former, code: Code.FAILED_PRECONDITION }]);
  });

  test("attaching again with the same incarnation loses nothing, with a lower one is refused", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    laboratory.node("alice");
    const second = laboratory.open("node-controller/alice");
    laboratory.on(second, 2, { $case: "attach", attach: { incarnation: 1 } });
    expect(laboratory.on(second, 3, { $case: "discard", discard: { qubit: pair } })).toBeUndefined();
    const third = laboratory.open("node-controller/alice");
    laboratory.on(third, 2, { $case: "attach", attach: { incarnation: 0 } });
    expect(laboratory.closed).toEqual([{ stream: third, code: Code.FAILED_PRECONDITION }]);
  });
});

test("A half whose node does not know whether it is there ends in the ledger when nature ends it, and once", () => {
  const laboratory = new Laboratory();
  for (const node of ["alice", "bob"]) laboratory.node(node);
  const pair = laboratory.pair("alice-bob", 1);
  const ends = () => laboratory.recorded.flatMap((event) => (event.$case === "halfEnded" ? [event.halfEnded] : []));
  const discard = (qubit: string) => ({ $case: "discard", discard: { qubit, outcome: Outcome.EXPIRED } }) as const;
  expect(laboratory.operate("alice", 10, discard(pair))).toBeUndefined();
  expect(refusalOf(laboratory.operate("alice", 10, discard(pair)))).toBe(RefusalReason.DISCARDED);
  expect(refusalOf(laboratory.operate("alice", 10, discard("alice-bob/1/2")))).toBe(RefusalReason.NOT_HELD);
  expect(ends()).toEqual([{ pair, node: "alice", outcome: Outcome.EXPIRED }]);
  laboratory.operate("bob", 10, { $case: "discard", discard: { qubit: pair } });
  expect(ends()).toHaveLength(1);
});

test.each([Outcome.UNSPECIFIED, Outcome.USED, Outcome.LOST_CRASH, 99 as Outcome])(
  "A discard that says outcome %d is refused, and the half is held still",
  (outcome) => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    const refused = laboratory.operate("alice", 10, { $case: "discard", discard: { qubit: pair, outcome } });
    expect(refused).toMatchObject({ refusal: { reason: RefusalReason.INVALID, operand: "outcome" } });
    expect(laboratory.recorded).toEqual([]);
    expect(laboratory.operate("alice", 11, { $case: "discard", discard: { qubit: pair } })).toBeUndefined();
  },
);

describe("A pair stands in the ledger when nature makes it", () => {
  const cases = (effects: readonly Effect[]) =>
    effects.map((one) => (one.kind === "record" ? one.event.$case : one.kind));
  const discard = (qubit: string) => ({ $case: "discard", discard: { qubit } }) as const;
  const expired = (pair: string, node: string) => ({
    $case: "halfEnded",
    halfEnded: { pair, node, outcome: Outcome.EXPIRED },
  });

  test("as its station told of it, before the station hears that nature has it", () => {
    const laboratory = new Laboratory();
    for (const node of ["alice", "bob"]) laboratory.node(node);
    const pair = laboratory.pair("alice-bob", 1, psiPlus, undefined, 7);
    const ends = { firstNode: "alice", secondNode: "bob", firstEmitted: 7, secondEmitted: 7 };
    const pairHeralded = { pair, ...ends, bellIndex: psiPlus, attempts: 9, photonOffsetPs: 30 };
    expect(laboratory.heralding).toMatchObject([
      { kind: "record", event: { $case: "pairHeralded", pairHeralded } },
      { kind: "send", item: { pair } },
    ]);
  });

  test("before anything is done that has waited for it", () => {
    const laboratory = new Laboratory();
    for (const node of ["alice", "bob", "carol"]) laboratory.node(node);
    laboratory.pair("bob-carol", 1);
    const swap = { first: "alice-bob/1/1", second: "bob-carol/1/1" };
    laboratory.operate("bob", 7, { $case: "bellMeasurement", bellMeasurement: swap });
    laboratory.pair("alice-bob", 1);
    expect(cases(laboratory.heralding)).toEqual(["pairHeralded", "send", "pairsSwapped", "send"]);
  });

  test.each([[["alice"]], [["bob"]], [["alice", "bob"]]])(
    "with the halves that %j gave up before it came, which nobody else could tell of",
    (nodes) => {
      const laboratory = new Laboratory();
      for (const node of ["alice", "bob"]) laboratory.node(node);
      for (const node of nodes) laboratory.operate(node, 7, discard("alice-bob/1/1"));
      expect(laboratory.recorded).toEqual([]);
      const pair = laboratory.pair("alice-bob", 1);
      expect(cases(laboratory.heralding)).toEqual(["pairHeralded", ...nodes.map(() => "halfEnded"), "send"]);
      expect(laboratory.recorded).toEqual(nodes.map((node) => expired(pair, node)));
      for (const node of ["alice", "bob"]) {
        const answer = laboratory.operate(node, 8, discard(pair));
        expect(refusalOf(answer)).toBe(nodes.includes(node) ? RefusalReason.NOT_HELD : RefusalReason.UNSPECIFIED);
      }
      laboratory.pair("alice-bob", 1);
      expect(cases(laboratory.heralding)).toEqual(["send"]);
    },
  );

  test("also when a node can hold no more, and the run is marked; it will not come any more", () => {
    const laboratory = new Laboratory();
    for (const node of ["alice", "bob"]) laboratory.node(node);
    for (let number = 1; number <= HELD_MAX; number += 1) {
      laboratory.operate("bob", 1, { $case: "initialise", initialise: { qubit: `q${number}` } });
    }
    laboratory.operate("alice", 7, discard("alice-bob/1/1"));
    const pair = laboratory.pair("alice-bob", 1);
    expect(cases(laboratory.heralding)).toEqual(["pairHeralded", "emulatorLimit", "halfEnded", "send"]);
    const measurement = { qubit: pair, basis: Basis.Z };
    expect(refusalOf(laboratory.operate("bob", 8, { $case: "measurement", measurement }))).toBe(RefusalReason.NOT_HELD);
    laboratory.pair("alice-bob", 1);
    expect(cases(laboratory.heralding)).toEqual(["send"]);
  });
});

test("a swap stands in the ledger as soon as it is measured, whoever crashes before the answer has come", () => {
  const laboratory = new Laboratory();
  const upstreamPair = laboratory.pair("alice-bob", 1);
  const downstreamPair = laboratory.pair("bob-carol", 1);
  const outcome = laboratory.bell("bob", 7, upstreamPair, downstreamPair);
  const pairsSwapped = { node: "bob", upstreamPair, downstreamPair, outcome, measuredAt: 7 };
  expect(laboratory.recorded).toEqual([{ $case: "pairsSwapped", pairsSwapped }]);
});

describe("an operation that comes before its pair", () => {
  const swap = {
    $case: "bellMeasurement",
    bellMeasurement: { first: "alice-bob/1/1", second: "bob-carol/1/1" },
  } as const;
  const answers = (effects: readonly Effect[]) =>
    effects.flatMap((one) => (one.kind === "send" ? [(one.item as OperateResponse).outcome] : []));

  test("waits for it, whichever of the node's ways is the faster", () => {
    const laboratory = new Laboratory();
    expect(laboratory.operate("bob", 7, swap)).toBeUndefined();
    laboratory.pair("alice-bob", 1);
    laboratory.pair("bob-carol", 1);
    expect(laboratory.answers.map((answer) => answer.outcome?.$case)).toEqual(["bell"]);
    expect(refusalOf(laboratory.operate("bob", 9, swap))).toBe(RefusalReason.LOST);
  });

  test("waits a second and no longer", () => {
    const laboratory = new Laboratory();
    laboratory.operate("bob", 7, swap);
    laboratory.now = 1e9;
    const due = instant(1e9);
    const effects = laboratory.step({ kind: "timer", timer: "awaited pairs", due, reading: undefined });
    expect(answers(effects).map(refusalOf)).toEqual([RefusalReason.NOT_HELD]);
  });

  test("is a discard: the half is gone when it comes, and the other is as it would be", () => {
    const laboratory = new Laboratory();
    const discard = { $case: "discard", discard: { qubit: "alice-bob/1/1" } } as const;
    expect(refusalOf(laboratory.operate("bob", 7, discard))).toBe(RefusalReason.NOT_HELD);
    const pair = laboratory.pair("alice-bob", 1);
    expect(refusalOf(laboratory.operate("bob", 8, discard))).toBe(RefusalReason.NOT_HELD);
    const measurement = { $case: "measurement", measurement: { qubit: pair, basis: Basis.Z } } as const;
    expect(laboratory.operate("alice", 8, measurement)?.$case).toBe("bit");
  });
});

test("nature that starts again says that all is gone; what nobody else knows of is lost", () => {
  const laboratory = new Laboratory();
  laboratory.step({ kind: "started", incarnation: 1, recovered: new Map() });
  expect(laboratory.recorded).toEqual([]);
  laboratory.step({ kind: "started", incarnation: 2, recovered: new Map() });
  expect(laboratory.recorded).toEqual([{ $case: "natureRestarted", natureRestarted: {} }]);
});

describe("a calibration", () => {
  const asked = {
    node: "alice",
    version: 5,
    at: 12,
    memory: { t1Ns: 2e9, t2Ns: 1e9, attemptDephasingPpt: 0 },
    gates: undefined,
    readout: undefined,
    storage: undefined,
  };
  const call = (laboratory: Laboratory, method: AnyMethod, request: unknown, id = 1) =>
    laboratory.step({
      kind: "call",
      call: id as Call,
      method,
      request,
      from: "application/alice",
      deadline: undefined,
      reading: undefined,
    });
  const storedBy = (effects: readonly Effect[]) => effects.flatMap((one) => (one.kind === "store" ? [one] : []));

  test("is kept over a restart, and nothing of it is written again", () => {
    const stored = storedBy(call(new Laboratory(), calibrate, { hardware: asked, bounds: [] }));
    const again = new Laboratory();
    again.step({ kind: "started", incarnation: 2, recovered: new Map(stored.map(({ key, bytes }) => [key, bytes])) });
    expect(again.recorded.map(({ $case }) => $case)).toEqual(["natureRestarted"]);
    const [answer] = call(again, showHardware, { node: "alice" });
    expect(answer).toMatchObject({ response: { hardware: { version: 5, at: 12, memory: asked.memory } } });
  });

  test("is durable before anybody is told of it, so that no crash takes back what was answered", () => {
    const laboratory = new Laboratory();
    const stream = laboratory.node("bob");
    const effects = call(laboratory, calibrate, { hardware: asked, bounds: [] });
    expect(effects.map(({ kind }) => kind)).toEqual(["store"]);
    const [before] = call(laboratory, showHardware, { node: "alice" }, 2);
    expect(before).toMatchObject({ response: { hardware: { version: 0 } } });
    const told = laboratory.step({ kind: "stored", key: storedBy(effects)[0]?.key ?? "" });
    expect(told).toMatchObject([
      { kind: "record", event: { $case: "hardwareChanged", hardwareChanged: { version: 5 } } },
      { kind: "respond", call: 1, response: { hardware: { version: 5 } } },
      { kind: "send", stream },
    ]);
  });

  test("is looked at when the one before it is durable", () => {
    const laboratory = new Laboratory();
    const [first] = storedBy(call(laboratory, calibrate, { hardware: asked, bounds: [] }));
    const [same, later] = [2, 3];
    expect(call(laboratory, calibrate, { hardware: asked, bounds: [] }, same)).toEqual([]);
    expect(call(laboratory, calibrate, { hardware: { ...asked, version: 6 }, bounds: [] }, later)).toEqual([]);
    const next = laboratory.step({ kind: "stored", key: first?.key ?? "" });
    expect(next).toContainEqual(expect.objectContaining({ kind: "fail", call: same }));
    const [second] = storedBy(next);
    expect(laboratory.step({ kind: "stored", key: second?.key ?? "" })).toContainEqual(
      expect.objectContaining({ kind: "respond", call: later }),
    );
  });
});

describe("the lease of a node that has gone", () => {
  const timersOf = (effects: readonly Effect[]) => effects.flatMap((one) => (one.kind === "set-timer" ? [one] : []));
  const gone = (laboratory: Laboratory, stream: Stream) =>
    laboratory.step({ kind: "stream-ended", stream, method: operate, status: { code: Code.UNAVAILABLE, message: "" } });

  test("runs out ten seconds after its stream has ended, and what it held is lost", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    const [timer] = timersOf(gone(laboratory, laboratory.node("alice")));
    expect(timer).toEqual({ kind: "set-timer", timer: "lease:alice", due: 10_000_000_000 });
    expect(laboratory.recorded).toEqual([]);
    laboratory.step({ kind: "timer", timer: "lease:alice", due: instant(10_000_000_000), reading: undefined });
    expect(laboratory.recorded).toEqual([
      { $case: "halfEnded", halfEnded: { pair, node: "alice", outcome: Outcome.LOST_CRASH } },
    ]);
  });

  test("ends when the node is back", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    gone(laboratory, laboratory.node("alice"));
    const stream = laboratory.open("node-controller/alice");
    const item = { operationId: 90, at: 2, operation: { $case: "attach", attach: { incarnation: 1 } } };
    const effects = laboratory.step({ kind: "stream-item", stream, method: operate, item });
    expect(effects).toContainEqual({ kind: "cancel-timer", timer: "lease:alice" });
    expect(laboratory.on(stream, 3, { $case: "discard", discard: { qubit: pair } })).toBeUndefined();
  });

  test("ends when the node is back, and what it tells again then is done once", () => {
    const laboratory = new Laboratory();
    const [told, untold] = [laboratory.pair("alice-bob", 1), laboratory.pair("alice-bob", 2)];
    const stream = laboratory.node("alice");
    const deeds = [told, untold].flatMap((qubit): Operation[] => [
      { $case: "correction", correction: { qubit, applied: phiMinus } },
      { $case: "delivery", delivery: { qubit, announced: phiMinus, released: false } },
    ]);
    const items = deeds.map((operation, place) => ({ operationId: 70 + place, at: 5, operation }));
    const tell = (on: Stream, item: unknown) =>
      laboratory.step({ kind: "stream-item", stream: on, method: operate, item });
    for (const item of items.slice(0, 3)) tell(stream, item); // the last is lost with the stream
    gone(laboratory, stream);
    const later = laboratory.open("node-controller/alice");
    laboratory.on(later, 6, { $case: "attach", attach: { incarnation: 1 } });
    for (const item of items) tell(later, item);
    for (const qubit of [told, untold]) laboratory.deliver("bob", 5, qubit, phiMinus);
    const exact = { fidelity: 1, intended: phiMinus, engine: "pair" };
    expect(laboratory.fidelities()).toMatchObject([exact, exact]);
  });
});

describe("limits", () => {
  test.each<[string, Operation]>([
    ["a measurement without basis", { $case: "measurement", measurement: { qubit: "q", basis: Basis.UNSPECIFIED } }],
    ["a gate about no axis", { $case: "gate", gate: { qubit: "q", axis: Basis.UNSPECIFIED, angle: 1 } }],
    ["a gate by no angle", { $case: "gate", gate: { qubit: "q", axis: Basis.X, angle: Number.NaN } }],
    ["a controlled-Y", { $case: "controlledGate", controlledGate: { control: "q", target: "r", axis: Basis.Y } }],
    [
      "a gate of a qubit with itself",
      { $case: "controlledGate", controlledGate: { control: "q", target: "q", axis: Basis.X } },
    ],
    ["a Bell measurement of one qubit", { $case: "bellMeasurement", bellMeasurement: { first: "q", second: "q" } }],
    ["a correction that says nothing", { $case: "correction", correction: { qubit: "q", applied: undefined } }],
    ["a fresh qubit under a held name", { $case: "initialise", initialise: { qubit: "q" } }],
    ["a fresh qubit under a pair id", { $case: "initialise", initialise: { qubit: "alice-bob/1/7" } }],
  ])("%s is refused as invalid", (_what, operation) => {
    const laboratory = new Laboratory();
    laboratory.operate("alice", 0, { $case: "initialise", initialise: { qubit: "q" } });
    expect(refusalOf(laboratory.operate("alice", 1, operation))).toBe(RefusalReason.INVALID);
  });
});

test("a qubit teleported over a swapped pair arrives, corrected by the XOR of everything announced", () => {
  const laboratory = new Laboratory({}, 7);
  for (let sequence = 1; sequence <= 16; sequence += 1) {
    const a = laboratory.pair("alice-bob", sequence, bellIndices[sequence % 4]);
    const b = laboratory.pair("bob-carol", sequence, psiPlus);
    const index = combine(combine(bellIndices[sequence % 4] as BellIndex, psiPlus), laboratory.bell("bob", 5, a, b));
    laboratory.operate("alice", 6, { $case: "initialise", initialise: { qubit: "data" } });
    laboratory.operate("alice", 7, { $case: "gate", gate: { qubit: "data", axis: Basis.Y, angle: Math.PI / 2 } });
    const owed = combine(index, laboratory.bell("alice", 8, "data", a));
    laboratory.operate("carol", 9, { $case: "correction", correction: { qubit: b, applied: owed } });
    expect(laboratory.bit("carol", 10, b, Basis.X)).toBe(false);
  }
});

test("Bob's replies are the same whether or not Alice acts (20,000 pairs each, 4 sigma, seeds 11–14)", () => {
  const deeds: ((laboratory: Laboratory, pair: string) => void)[] = [
    () => {},
    (laboratory, pair) => laboratory.bit("alice", 5e8, pair, Basis.X),
    (laboratory, pair) => laboratory.operate("alice", 1e8, { $case: "discard", discard: { qubit: pair } }),
    (laboratory, pair) => {
      laboratory.operate("alice", 2e8, { $case: "gate", gate: { qubit: pair, axis: Basis.Y, angle: 1 } });
      laboratory.deliver("alice", 3e8, pair, phiPlus, false);
    },
  ];
  const runs = 20_000;
  // Bob's half relaxes towards |0⟩ for a second: P(0) = 1 − ½e^(−1/T1).
  const expected = 1 - memoryDecay(1, 0.5, 1).z / 2;
  for (const [place, deed] of deeds.entries()) {
    const laboratory = new Laboratory({ t1S: 1, t2S: 0.5 }, 11 + place);
    let zeros = 0;
    for (let sequence = 1; sequence <= runs; sequence += 1) {
      const pair = laboratory.pair("alice-bob", sequence, psiPlus);
      deed(laboratory, pair);
      zeros += laboratory.bit("bob", 1e9, pair, Basis.Z) ? 0 : 1;
      laboratory.operate("alice", 2e9, { $case: "discard", discard: { qubit: pair } });
    }
    const sigma = Math.sqrt((expected * (1 - expected)) / runs);
    expect(Math.abs(zeros / runs - expected)).toBeLessThan(4 * sigma);
  }
});
