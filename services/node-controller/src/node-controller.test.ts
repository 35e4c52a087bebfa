import { type BellIndex, phiMinus, phiPlus, psiMinus, psiPlus } from "@bellmesh/bell";
import {
  type Address,
  type AnyMethod,
  type Call,
  Code,
  type Effect,
  type Input,
  type Machine,
  type Stream,
} from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import { loadTopology, nodeNamed, type TopologyNode } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import { Outcome } from "@bellmesh/wire/ledger";
import {
  type Deliver,
  type DeliveriesResponse,
  EndReason,
  HalfEnd,
  type HalvesRequest,
  type HalvesResponse,
  type RequestPairsRequest,
  type SlotsRequest,
} from "@bellmesh/wire/node-controller";
import { Basis, type OperateRequest, RefusalReason } from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";
import { memoryMethods, natureMethods, networkLayerMethods, nodeControllerMethods } from "./methods.ts";
import { PARKED_TIMER } from "./parked-orders.ts";
import { service } from "./service.ts";

const topology = loadTopology("line:3");
const node = nodeNamed(topology, "n1") as TopologyNode;
const measuringNs = node.gates.twoQubitNs + node.readout.durationNs;
const refusal = (reason: RefusalReason) => ({ $case: "refusal", refusal: { reason, message: "" } }) as const;

/** The controller of n1 in n0 — n1 — n2, with a link layer and a network layer attached. */
class Bench {
  readonly machine: Machine;
  now = 0 as Instant;
  slots: Stream;
  halves: Stream;
  #log: Effect[] = [];
  #nature: Stream | undefined;
  #nextStream = 2;
  #nextCall = 100;

  constructor(incarnation = 1, startedAt = 0) {
    this.now = startedAt as Instant;
    this.machine = service.start({ config: { topology }, place: "n1", entropy: new SeededEntropy(1) });
    this.step({ kind: "started", incarnation, recovered: new Map() });
    this.slots = this.open(memoryMethods.slots, "link-layer/n1");
    this.halves = this.attached(1);
    for (const link of ["n0-n1", "n1-n2"]) this.link(link, { $case: "attach", attach: {} });
  }

  step(input: Input): readonly Effect[] {
    const effects = this.machine.step(this.now, input);
    for (const effect of effects) if (effect.kind === "open-stream") this.#nature = effect.stream;
    this.#log.push(...effects);
    return effects;
  }

  open(method: AnyMethod, from: Address, request?: unknown): Stream {
    const stream = this.#nextStream as Stream;
    this.#nextStream += 2;
    this.step({ kind: "stream-opened", stream, method, request, from });
    return stream;
  }

  /** A network layer of this incarnation opens its stream. */
  attached(incarnation: number): Stream {
    const stream = this.open(memoryMethods.halves, "network-layer/n1");
    this.order({ $case: "attach", attach: { incarnation } }, stream);
    return stream;
  }

  link(link: string, message: SlotsRequest["message"], stream = this.slots): readonly Effect[] {
    return this.step({ kind: "stream-item", stream, method: memoryMethods.slots, item: { link, message } });
  }

  occupied(pair: string, slot: number, stream = this.slots): readonly Effect[] {
    const link = pair.split("/")[0] as string;
    return this.link(link, { $case: "occupied", occupied: { slot, pair, bellIndex: phiPlus, emittedAt: 0 } }, stream);
  }

  order(message: HalvesRequest["message"], stream = this.halves): readonly Effect[] {
    return this.step({ kind: "stream-item", stream, method: memoryMethods.halves, item: { message } });
  }

  swap(upstreamPair: string, downstreamPair: string, notAfter = 0): readonly Effect[] {
    return this.order({ $case: "swap", swap: { circuit: "c", upstreamPair, downstreamPair, notAfter } });
  }

  discard(pair: string, requestId = "", reason: HalfEnd = HalfEnd.EXPIRED): readonly Effect[] {
    const discard = { pair, reason, requestId, pairSequence: 1, feedforwardMissed: false };
    return this.order({ $case: "discard", discard });
  }

  deliver(pair: string, more: Partial<Deliver> = {}): readonly Effect[] {
    const told = { requestId: "n0/1/1", pairSequence: 1, peer: "n0", pair, bellIndex: psiPlus, claimedFidelity: 0.9 };
    const rest = { feedforwardNs: 5, feedforwardMissed: false, headEnd: false, finalState: undefined, hold: false };
    const deliver = { ...told, ...rest, orderedAt: 0, farName: "", ...more };
    return this.order({ $case: "deliver", deliver });
  }

  nature(operationId: number, outcome: unknown): readonly Effect[] {
    const item = { operationId, outcome };
    return this.step({ kind: "stream-item", stream: this.#nature as Stream, method: natureMethods.operate, item });
  }

  ended(stream: Stream, method: AnyMethod): readonly Effect[] {
    return this.step({ kind: "stream-ended", stream, method, status: { code: Code.UNAVAILABLE, message: "" } });
  }

  natureEnded(): readonly Effect[] {
    return this.ended(this.#nature as Stream, natureMethods.operate);
  }

  timer(timer: string, now: number): readonly Effect[] {
    this.now = now as Instant;
    return this.step({ kind: "timer", timer, due: this.now, reading: undefined });
  }

  call(method: AnyMethod, request: unknown, from: Address = "app/n1"): readonly Effect[] {
    this.#nextCall += 1;
    const call = this.#nextCall as Call;
    return this.step({ kind: "call", call, method, request, from, deadline: undefined, reading: undefined });
  }

  request(more: Partial<RequestPairsRequest> = {}): readonly Effect[] {
    const asked = { to: "n2", pairs: 2, minFidelity: undefined, maxTimeNs: 0, missPolicy: 0, graceNs: 0 };
    return this.call(nodeControllerMethods.requestPairs, { ...asked, finalState: undefined, hold: false, ...more });
  }

  /** A request of this node that the network layer has accepted. */
  accepted(more: Partial<RequestPairsRequest> = {}, incarnation = 1): string {
    const [submit] = this.request(more);
    if (submit?.kind !== "call") throw new Error("not submitted");
    const response = { predictedFidelity: 0.9, path: ["n1", "n2"], incarnation };
    this.step({ kind: "reply", call: submit.call, method: submit.method, response, reading: undefined });
    this.look();
    return (submit.request as { requestId: string }).requestId;
  }

  /** What has happened since the last look. */
  look() {
    const log = this.#log.splice(0);
    const sent = (stream: Stream | undefined) =>
      log.flatMap((one) => (one.kind === "send" && one.stream === stream ? [one.item] : []));
    return {
      lent: sent(this.slots) as { link: string; slot: number }[],
      told: (sent(this.halves) as HalvesResponse[]).map(({ message }) => message),
      operations: sent(this.#nature) as OperateRequest[],
      kinds: (sent(this.#nature) as OperateRequest[]).map(({ operation }) => operation?.$case),
      recorded: log.flatMap((one) => (one.kind === "record" ? [one.event] : [])),
      timers: log.flatMap((one) => (one.kind === "set-timer" ? [one] : [])),
      closed: log.flatMap((one) => (one.kind === "close" ? [{ stream: one.stream, reason: one.status.reason }] : [])),
    };
  }
}

/** Pairs a1, a2 of n0-n1 and b1, b2 of n1-n2 are in the memory. */
function filled(): Bench {
  const bench = new Bench();
  for (const sequence of [1, 2]) {
    bench.occupied(`n0-n1/1/${sequence}`, sequence - 1);
    bench.occupied(`n1-n2/1/${sequence}`, sequence - 1);
  }
  bench.look();
  return bench;
}
const [a1, a2, b1] = ["n0-n1/1/1", "n0-n1/1/2", "n1-n2/1/1"] as const;

describe("Communication slots", () => {
  test("are lent to the link layer that attaches, filled by halves, and lent again when those have gone", () => {
    const bench = new Bench();
    const slots = node.memory.communicationSlots;
    const all = (link: string) => Array.from({ length: slots }, (_, slot) => ({ link, slot }));
    expect(bench.look().lent).toEqual([...all("n0-n1"), ...all("n1-n2")]);
    bench.occupied(a1, 2);
    expect(bench.look().lent).toEqual([]);
    bench.discard(a1);
    expect(bench.look().lent).toEqual([{ link: "n0-n1", slot: 2 }]);
  });

  test("are filled by no half that was handed over ten seconds ago, which nature may have given up since", () => {
    const bench = new Bench();
    bench.look();
    bench.now = 10_000_000_000 as Instant;
    bench.occupied(a1, 2);
    const { recorded, kinds, lent } = bench.look();
    expect(recorded).toEqual([]);
    expect(kinds).toEqual(["discard", "discard"]);
    expect(lent).toEqual([{ link: "n0-n1", slot: 2 }]);
  });

  test("come back when the link layer has gone: none is leaked, filled ones stay filled", () => {
    const bench = new Bench();
    bench.occupied(a1, 0);
    bench.ended(bench.slots, memoryMethods.slots);
    bench.look();
    bench.slots = bench.open(memoryMethods.slots, "link-layer/n1");
    bench.link("n0-n1", { $case: "attach", attach: {} });
    const lent = bench.look().lent.map(({ slot }) => slot);
    expect(lent.sort()).toEqual(Array.from({ length: node.memory.communicationSlots - 1 }, (_, slot) => slot + 1));
  });

  test("go to the link layer that came last, and its predecessor may fill none", () => {
    const bench = new Bench();
    const former = bench.slots;
    bench.slots = bench.open(memoryMethods.slots, "link-layer/n1");
    bench.link("n0-n1", { $case: "attach", attach: {} });
    expect(bench.look().lent).toHaveLength(node.memory.communicationSlots);
    bench.occupied(a1, 0, former);
    expect(bench.look().closed).toEqual([{ stream: former, reason: "BAD_SLOT" }]);
  });

  test.each([
    ["not lent", (bench: Bench) => bench.occupied(a1, 99)],
    ["filled already", (bench: Bench) => bench.occupied(a1, 0) && bench.occupied(a2, 0)],
    ["of a pair that is here already", (bench: Bench) => bench.occupied(a1, 0) && bench.occupied(a1, 1)],
    ["of a link this node has not", (bench: Bench) => bench.link("n7-n8", { $case: "attach", attach: {} })],
  ])("%s end the link layer's stream", (_, spoil) => {
    const bench = new Bench();
    spoil(bench);
    expect(bench.look().closed).toEqual([{ stream: bench.slots, reason: "BAD_SLOT" }]);
  });

  test("and memory are for the node's own services only", () => {
    const bench = new Bench();
    for (const [method, from] of [
      [memoryMethods.slots, "link-layer/n0"],
      [memoryMethods.slots, "network-layer/n1"],
      [memoryMethods.halves, "network-layer/n0"],
    ] as const) {
      const stream = bench.open(method, from);
      expect(bench.look().closed).toEqual([{ stream, reason: "NOT_THIS_NODE" }]);
    }
  });
});

describe("A swap", () => {
  test("is a Bell measurement in nature; its outcome is there a gate and a readout later", () => {
    const bench = filled();
    bench.now = 1000 as Instant;
    bench.swap(a1, b1);
    const [operation] = bench.look().operations;
    expect(operation).toMatchObject({ at: 1000, operation: { bellMeasurement: { first: a1, second: b1 } } });
    bench.nature(operation?.operationId as number, { $case: "bell", bell: psiMinus });
    const { recorded, told, timers } = bench.look();
    // Nature has written it down.
    expect(recorded).toEqual([]);
    expect(told).toEqual([]);
    expect(timers).toMatchObject([{ due: 1000 + measuringNs }]);
    bench.timer(timers[0]?.timer as string, 1000 + measuringNs);
    const after = bench.look();
    expect(after.told).toMatchObject([{ swapped: { outcome: psiMinus, measuredAt: 1000 + measuringNs } }]);
    expect(after.lent.map(({ link }) => link)).toEqual(["n0-n1", "n1-n2"]);
  });

  test("ordered in time that comes too late is not begun: both halves are given up, and that is told", () => {
    const bench = filled();
    bench.now = 1000 as Instant;
    bench.swap(a1, b1, 1000);
    const { kinds, recorded, told } = bench.look();
    expect(kinds).toEqual(["discard", "discard"]);
    expect(recorded).toMatchObject([a1, b1].map((pair) => ({ halfEnded: { pair, outcome: Outcome.EXPIRED } })));
    expect(told).toEqual([a1, b1].map((pair) => ({ $case: "lost", lost: { pair } })));
  });

  test("ordered before the link layer has told of the halves waits for them", () => {
    const bench = new Bench();
    bench.look();
    bench.swap(a1, b1);
    expect(bench.look().operations).toEqual([]);
    bench.occupied(b1, 0);
    bench.occupied(a1, 0);
    expect(bench.look().kinds).toEqual(["bellMeasurement"]);
  });

  test("of a half that does not come within a second is given up; so is one that was voided meanwhile", () => {
    const bench = new Bench();
    bench.look();
    bench.swap(a1, b1);
    bench.occupied(b1, 0);
    const { timers } = bench.look();
    expect(timers).toEqual([{ kind: "set-timer", timer: PARKED_TIMER, due: 1e9 }]);
    bench.timer(PARKED_TIMER, 1e9);
    const { told, kinds } = bench.look();
    expect(told).toEqual([{ $case: "lost", lost: { pair: a1 } }]);
    // Nature may have the half all the same, and nobody else will end it.
    expect(kinds).toEqual(["discard", "discard"]);
    bench.swap(a2, b1);
    bench.link("n0-n1", { $case: "missed", missed: { pair: a2 } });
    expect(bench.look().told).toEqual([{ $case: "lost", lost: { pair: a2 } }]);
    bench.discard(b1, "", HalfEnd.DISCARDED);
    expect(bench.look().recorded).toMatchObject([{ halfEnded: { pair: b1, outcome: Outcome.DISCARDED } }]);
  });

  test("of halves that have gone or are being swapped is answered with what is lost", () => {
    const bench = filled();
    bench.discard(a1);
    bench.look();
    bench.swap(a1, b1);
    expect(bench.look().told).toEqual([{ $case: "lost", lost: { pair: a1 } }]);
    bench.swap(a2, b1);
    bench.swap(a2, b1);
    expect(bench.look()).toMatchObject({
      told: [{ lost: { pair: a2 } }, { lost: { pair: b1 } }],
      kinds: ["bellMeasurement"],
    });
  });

  test("that nature refuses loses both halves, each with an outcome unless nature has written one", () => {
    const bench = filled();
    bench.swap(a1, b1);
    const id = bench.look().operations[0]?.operationId as number;
    bench.nature(id, refusal(RefusalReason.NOT_HELD));
    const { told, operations, recorded, lent } = bench.look();
    expect(told.map((one) => one?.$case)).toEqual(["lost", "lost"]);
    expect(lent).toEqual([]);
    expect(recorded).toEqual([]);
    // Each is discarded twice: the second answer is a refusal in any case, the first only where there was no half.
    const discards = [a1, a1, b1, b1].map((qubit) => ({ discard: { qubit, outcome: Outcome.DISCARDED } }));
    expect(operations.map(({ operation }) => operation)).toMatchObject(discards);
    const [first, second, third, fourth] = operations.map(({ operationId }) => operationId);
    bench.nature(first as number, refusal(RefusalReason.LOST));
    bench.nature(second as number, refusal(RefusalReason.LOST));
    bench.nature(third as number, refusal(RefusalReason.NOT_HELD));
    bench.nature(fourth as number, refusal(RefusalReason.NOT_HELD));
    const settled = bench.look();
    expect(settled.recorded).toMatchObject([{ halfEnded: { pair: b1, outcome: Outcome.DISCARDED } }]);
    expect(settled.lent).toHaveLength(2);
  });

  test("too large for nature ends both halves, which nature has ended already", () => {
    const bench = filled();
    bench.swap(a1, b1);
    bench.nature(bench.look().operations[0]?.operationId as number, refusal(RefusalReason.EMULATOR_LIMIT));
    const { recorded, operations } = bench.look();
    expect(operations).toEqual([]);
    expect(recorded).toMatchObject([{ halfEnded: { pair: a1 } }, { halfEnded: { pair: b1 } }]);
  });
});

test("A link layer that starts over has what nobody knows of given up, as nature has it", () => {
  const bench = filled();
  bench.look();
  bench.slots = bench.open(memoryMethods.slots, "link-layer/n1");
  bench.link("n0-n1", { $case: "attach", attach: {} });
  const [inventory] = bench.look().operations;
  expect(inventory).toMatchObject({ operation: { inventory: { link: "n0-n1" } } });
  bench.nature(inventory?.operationId ?? 0, { $case: "held", held: { pairs: [a1, "n0-n1/1/99"] } });
  const discards = bench.look().operations.map(({ operation }) => operation);
  expect(discards[0]).toMatchObject({ discard: { qubit: "n0-n1/1/99" } });
  expect(discards.filter((operation) => operation?.$case === "discard" && operation.discard.qubit === a1)).toEqual([]);
});

describe("When nature is out of reach", () => {
  test("whatever is stored or being swapped is told lost, and ends when nature is back and has been asked", () => {
    const bench = filled();
    bench.swap(a1, b1);
    bench.look();
    bench.natureEnded();
    const { told, recorded, lent } = bench.look();
    expect(told.map((one) => one?.$case)).toEqual(["lost", "lost", "lost", "lost"]);
    expect([recorded, lent]).toEqual([[], []]);
    bench.timer(`reopen:quantum-state/nature${natureMethods.operate.path}`, 1e8);
    const { kinds, operations } = bench.look();
    expect(kinds).toEqual(["attach", ...Array(8).fill("discard")]);
    for (const { operationId } of operations.slice(1)) {
      bench.nature(operationId, refusal(RefusalReason.NOT_HELD));
    }
    const settled = bench.look();
    expect(settled.recorded.map((one) => one.$case)).toEqual(Array(4).fill("halfEnded"));
    expect(settled.lent).toHaveLength(4);
  });

  test("what was handed over or given up shortly before is told again: the stream may have lost it", () => {
    const bench = filled();
    bench.deliver(a1, { headEnd: true, bellIndex: psiPlus, finalState: phiMinus });
    bench.discard(b1);
    const { operations } = bench.look();
    expect(operations.map(({ operation }) => operation?.$case)).toEqual(["correction", "delivery", "discard"]);
    bench.natureEnded();
    bench.timer(`reopen:quantum-state/nature${natureMethods.operate.path}`, 1e8);
    const [attach, ...more] = bench.look().operations;
    expect(attach?.operation?.$case).toBe("attach");
    // Not before nature says that it is there: it may be away for long.
    expect(more.filter((one) => operations.some(({ operationId }) => operationId === one.operationId))).toEqual([]);
    bench.nature(attach?.operationId ?? 0, undefined);
    expect(bench.look().operations).toEqual(operations);
  });

  test("a half that comes is worth nothing", () => {
    const bench = new Bench();
    bench.natureEnded();
    bench.look();
    bench.occupied(a1, 0);
    expect(bench.look()).toMatchObject({ recorded: [], lent: [{ link: "n0-n1", slot: 0 }] });
    bench.timer(`reopen:quantum-state/nature${natureMethods.operate.path}`, 1e8);
    for (const { operationId } of bench.look().operations.slice(1)) {
      bench.nature(operationId, refusal(RefusalReason.NOT_HELD));
    }
    expect(bench.look().recorded).toMatchObject([{ halfEnded: { pair: a1, outcome: Outcome.EXPIRED } }]);
    bench.deliver(a1);
    expect(bench.look().told).toEqual([{ $case: "lost", lost: { pair: a1 } }]);
  });
});

describe("Thousands of halves to be given up at once", () => {
  test("are asked of nature no faster than a stream takes them, and all end", () => {
    const bench = new Bench();
    bench.natureEnded();
    for (let sequence = 1; sequence <= 3000; sequence += 1) {
      bench.link("n0-n1", { $case: "missed", missed: { pair: `n0-n1/1/${sequence}` } });
    }
    bench.look();
    bench.timer(`reopen:quantum-state/nature${natureMethods.operate.path}`, 1e8);
    const ended = new Set<string>();
    for (let { operations } = bench.look(); operations.length > 0; ) {
      expect(operations.length).toBeLessThan(512);
      const discards = operations.filter(({ operation }) => operation?.$case === "discard");
      for (const [place, { operationId, operation }] of discards.entries()) {
        if (operation?.$case === "discard") ended.add(operation.discard.qubit);
        // Discarded at first; only the second time there is nothing to discard.
        if (place % 2 === 1) bench.nature(operationId, refusal(RefusalReason.DISCARDED));
      }
      const next = bench.look();
      expect(next.recorded).toEqual([]);
      operations = next.operations;
    }
    expect(ended.size).toBe(3000);
  });
});

describe("An order to deliver that is given again", () => {
  test("is carried out once", () => {
    const bench = filled();
    bench.deliver(a1, { orderedAt: 5 });
    bench.look();
    bench.deliver(a1, { orderedAt: 5 });
    expect(bench.look()).toMatchObject({ told: [], recorded: [], kinds: [] });
  });

  test("is objected to when it was never carried out, and the half has gone", () => {
    const bench = filled();
    bench.discard(a1);
    bench.look();
    bench.deliver(a1, { orderedAt: 5 });
    expect(bench.look().told).toEqual([{ $case: "lost", lost: { pair: a1 } }]);
  });
});

describe("A half that was missed", () => {
  const missed = (bench: Bench, pair: string) => bench.link("n0-n1", { $case: "missed", missed: { pair } });

  test("ends in nature, which writes that down where there was one: its node may be down by then", () => {
    const bench = new Bench();
    bench.look();
    missed(bench, a1);
    const { operations } = bench.look();
    const discards = Array(2).fill({ discard: { qubit: a1, outcome: Outcome.EXPIRED } });
    expect(operations.map(({ operation }) => operation)).toMatchObject(discards);
    bench.nature(operations[1]?.operationId as number, refusal(RefusalReason.DISCARDED));
    missed(bench, a2);
    for (const { operationId } of bench.look().operations) bench.nature(operationId, refusal(RefusalReason.NOT_HELD));
    expect(bench.look().recorded).toEqual([]);
  });

  test("is given up anew where nature goes away before it answers: nobody knows how it has ended", () => {
    const bench = new Bench();
    bench.look();
    missed(bench, a1);
    bench.natureEnded();
    bench.look();
    bench.timer(`reopen:quantum-state/nature${natureMethods.operate.path}`, 1e8);
    const again = bench.look().operations.filter(({ operation }) => operation?.$case === "discard");
    const discards = Array(2).fill({ discard: { qubit: a1, outcome: Outcome.DISCARDED } });
    expect(again.map(({ operation }) => operation)).toMatchObject(discards);
  });

  test("ends once, and one that is stored frees its slot", () => {
    const bench = filled();
    missed(bench, a1);
    missed(bench, a1);
    expect(bench.look()).toMatchObject({
      recorded: [{ halfEnded: { pair: a1, outcome: Outcome.EXPIRED } }],
      lent: [{ link: "n0-n1", slot: 0 }],
    });
  });
});

describe("A delivery", () => {
  test("hands the half over, frees its slot, and tells those who follow", () => {
    const bench = filled();
    const follower = bench.open(nodeControllerMethods.deliveries, "app/n1", { afterSequence: 0 });
    bench.now = 77 as Instant;
    const effects = bench.deliver(a1);
    expect(bench.look()).toMatchObject({
      operations: [{ operation: { delivery: { qubit: a1, announced: psiPlus, released: true } } }],
      recorded: [{ halfDelivered: { pair: a1, bellIndex: psiPlus, peer: "n0", claimedFidelityPpb: 900_000_000 } }],
      lent: [{ link: "n0-n1", slot: 0 }],
    });
    const told = effects.find((one) => one.kind === "send" && one.stream === follower);
    expect(told).toMatchObject({ item: { event: { delivered: { pair: a1, at: 77, feedforwardNs: 5 } } } });
  });

  test("to a final state: the head-end applies the difference, once, and both ends report the final state", () => {
    const head = filled();
    head.deliver(a1, { headEnd: true, bellIndex: psiPlus, finalState: phiMinus });
    expect(head.look()).toMatchObject({
      operations: [
        { operation: { correction: { qubit: a1, applied: { x: true, z: true } } } },
        { operation: { delivery: { announced: phiMinus } } },
      ],
      recorded: [{ frameApplied: { applied: { x: true, z: true } } }, { halfDelivered: { bellIndex: phiMinus } }],
    });
    const tail = filled();
    tail.deliver(a1, { headEnd: false, bellIndex: psiPlus, finalState: phiMinus });
    expect(tail.look()).toMatchObject({
      operations: [{ operation: { delivery: { announced: phiMinus } } }],
      recorded: [{ halfDelivered: { bellIndex: phiMinus } }],
    });
  });

  test("to a final state the pair is in already needs no Pauli", () => {
    const bench = filled();
    bench.deliver(a1, { headEnd: true, bellIndex: psiPlus, finalState: psiPlus });
    expect(bench.look().kinds).toEqual(["delivery"]);
  });

  test("of a half that is not here is answered with lost, and not recorded", () => {
    const bench = filled();
    bench.discard(a1);
    bench.look();
    bench.deliver(a1);
    expect(bench.look()).toMatchObject({ told: [{ lost: { pair: a1 } }], recorded: [], operations: [] });
  });

  test("ordered before the link layer has told of the half waits for it; a retraction meanwhile takes it back", () => {
    const bench = new Bench();
    bench.look();
    bench.deliver(a1);
    bench.occupied(a1, 0);
    expect(bench.look().recorded.map((one) => one.$case)).toEqual(["halfStored", "halfDelivered"]);
    bench.deliver(a2);
    const retract = { requestId: "n0/1/1", pairSequence: 1, pair: a2, feedforwardMissed: false };
    bench.order({ $case: "retract", retract });
    bench.occupied(a2, 1);
    expect(bench.look().recorded.map((one) => one.$case)).toEqual(["halfStored", "halfEnded"]);
  });

  test("ordered before the link layer has told of the half comes before its upgrade, and its request's end", () => {
    const bench = new Bench();
    const requestId = bench.accepted();
    for (const pair of [a1, a2]) bench.deliver(pair, { requestId, headEnd: true });
    const upgrade = { requestId, pairSequence: 1, pair: a1, bellIndex: psiPlus, claimedFidelity: 0.9 };
    bench.order({ $case: "upgrade", upgrade });
    const endRequest = { requestId, reason: EndReason.COMPLETE, delivered: 2, message: "" };
    bench.order({ $case: "endRequest", endRequest });
    expect(bench.look().recorded).toEqual([]);
    bench.occupied(a1, 0);
    expect(bench.look().recorded.map((one) => one.$case)).toEqual(["halfStored", "halfDelivered", "halfUpgraded"]);
    bench.occupied(a2, 1);
    expect(bench.look().recorded.map((one) => one.$case)).toEqual(["halfStored", "halfDelivered", "requestEnded"]);
  });

  test("ordered of a half that never comes does not keep the request from ending", () => {
    const bench = new Bench();
    const requestId = bench.accepted();
    bench.deliver(a1, { requestId, headEnd: true });
    const endRequest = { requestId, reason: EndReason.COMPLETE, delivered: 1, message: "" };
    bench.order({ $case: "endRequest", endRequest });
    const [{ due = 0 } = {}] = bench.look().timers.filter(({ timer }) => timer === PARKED_TIMER);
    bench.timer(PARKED_TIMER, due);
    const { told, recorded } = bench.look();
    expect(told).toMatchObject([{ lost: { pair: a1 } }]);
    expect(recorded.map((one) => one.$case)).toContain("requestEnded");
  });

  test("with hold keeps the half in its slot until it is released", () => {
    const bench = filled();
    const requestId = bench.accepted({ hold: true });
    bench.deliver(a1, { requestId, headEnd: true, hold: true });
    expect(bench.look()).toMatchObject({ operations: [{ operation: { delivery: { released: false } } }], lent: [] });
    bench.discard(a1); // too late for the network layer
    expect(bench.look().operations).toEqual([]);
    expect(bench.call(nodeControllerMethods.releasePair, { pair: a1 }).at(-1)).toMatchObject({ kind: "respond" });
    expect(bench.look()).toMatchObject({ kinds: ["discard"], lent: [{ link: "n0-n1", slot: 0 }] });
    const again = bench.call(nodeControllerMethods.releasePair, { pair: a1 });
    expect(again).toMatchObject([{ kind: "fail", status: { code: Code.NOT_FOUND, reason: "NOT_HELD" } }]);
  });

  test("with hold may be measured: the bit is told a readout later, and the slot is free then", () => {
    const { measurePair } = nodeControllerMethods;
    const bench = filled();
    const requestId = bench.accepted({ hold: true });
    bench.deliver(a1, { requestId, headEnd: true, hold: true });
    bench.look();
    expect(bench.call(measurePair, { pair: a1, basis: Basis.UNSPECIFIED })).toMatchObject([
      { kind: "fail", status: { code: Code.INVALID_ARGUMENT } },
    ]);
    bench.call(measurePair, { pair: a1, basis: Basis.Y });
    const { operations } = bench.look();
    expect(operations).toMatchObject([{ operation: { measurement: { qubit: a1, basis: Basis.Y } } }]);
    expect(bench.call(measurePair, { pair: a1, basis: Basis.Z })).toMatchObject([{ kind: "fail" }]);
    bench.look();
    bench.nature(operations[0]?.operationId as number, { $case: "bit", bit: true });
    const [timer] = bench.look().timers;
    expect(timer?.due).toBe(node.readout.durationNs);
    expect(bench.timer(timer?.timer as string, node.readout.durationNs)).toMatchObject([
      { kind: "send", item: { link: "n0-n1", slot: 0 } },
      { kind: "respond", response: { bit: true } },
    ]);
  });

  test("with hold is still the application's where nature could not measure it", () => {
    const { measurePair, releasePair } = nodeControllerMethods;
    const bench = filled();
    const requestId = bench.accepted({ hold: true });
    bench.deliver(a1, { requestId, headEnd: true, hold: true });
    bench.look();
    bench.call(measurePair, { pair: a1, basis: Basis.Z });
    const [asked] = bench.look().operations;
    const refused = bench.nature(asked?.operationId as number, refusal(RefusalReason.STALE));
    expect(refused).toMatchObject([{ kind: "fail", status: { reason: "NOT_MEASURED" } }]);
    bench.call(measurePair, { pair: a1, basis: Basis.Z });
    expect(bench.natureEnded()).toContainEqual(expect.objectContaining({ kind: "fail" }));
    expect(bench.call(releasePair, { pair: a1 }).at(-1)).toMatchObject({ kind: "respond" });
  });

  test("may be upgraded, or retracted, which frees a half that is held", () => {
    const bench = filled();
    const requestId = bench.accepted({ hold: true });
    const follower = bench.open(nodeControllerMethods.deliveries, "app/n1", { afterSequence: 0 });
    bench.deliver(a1, { requestId, headEnd: true, hold: true, bellIndex: undefined });
    const named = { requestId, pairSequence: 1, pair: a1, claimedFidelity: 0.9 };
    const upgraded = bench.order({ $case: "upgrade", upgrade: { ...named, bellIndex: psiMinus } });
    expect(upgraded).toMatchObject([
      { event: { halfUpgraded: { pair: a1, bellIndex: psiMinus } } },
      { stream: follower, item: { event: { upgraded: { bellIndex: psiMinus } } } },
    ]);
    bench.look();
    bench.order({ $case: "retract", retract: { ...named, feedforwardMissed: true } });
    expect(bench.look()).toMatchObject({
      kinds: ["discard"],
      recorded: [{ halfRetracted: { pair: a1, requestId } }],
      lent: [{ link: "n0-n1", slot: 0 }],
    });
  });
});

describe("A delivered pair that the other end gives up by its own name", () => {
  const giveUp = (bench: Bench, farName: string, peer: string) =>
    bench.order({ $case: "giveUpFar", giveUpFar: { farName, peer, feedforwardMissed: false } });

  test("is retracted once, also when another network layer delivered it", () => {
    const bench = filled();
    bench.deliver(a1, { farName: "n0-n1/1/4" });
    bench.look();
    giveUp(bench, "n0-n1/1/4", "n0");
    giveUp(bench, "n0-n1/1/4", "n0");
    expect(bench.look().recorded).toMatchObject([
      { halfRetracted: { pair: a1, requestId: "n0/1/1", pairSequence: 1 } },
    ]);
  });

  test("stays when it was delivered with somebody else, or is not known", () => {
    const bench = filled();
    bench.deliver(a1, { farName: "n0-n1/1/4" });
    bench.look();
    giveUp(bench, "n0-n1/1/4", "n2");
    giveUp(bench, "n0-n1/1/5", "n0");
    expect(bench.look().recorded).toEqual([]);
  });
});

describe("What was ordered to be delivered for a request is settled", () => {
  const settle = { requestId: "n0/1/1", pairSequencesSum: 3 };

  test("at once when no order waits, and else when the last half has come or will not come", () => {
    const bench = filled();
    const [late, never] = ["n0-n1/1/8", "n0-n1/1/9"];
    expect(bench.order({ $case: "settle", settle })).toMatchObject([{ item: { message: { settled: settle } } }]);
    for (const pair of [late, never]) bench.deliver(pair);
    bench.deliver("n1-n2/1/9", { requestId: "n2/1/1" });
    bench.discard(a1);
    bench.look();
    expect(bench.order({ $case: "settle", settle })).toEqual([]);
    bench.occupied(late, 0);
    expect(bench.look().told).toEqual([]);
    bench.timer(PARKED_TIMER, 1e9);
    expect(bench.look().told).toMatchObject([{ lost: { pair: never } }, { settled: settle }, { lost: {} }]);
  });

  test("never where an order was given to a former incarnation: nobody knows whether it obeyed", () => {
    const bench = new Bench(2, 10);
    bench.look();
    bench.deliver("n0-n1/1/9", { orderedAt: 5 });
    bench.order({ $case: "settle", settle });
    expect(bench.look().told).toEqual([]);
    const other = { ...settle, requestId: "n0/1/2" };
    bench.order({ $case: "settle", settle: other });
    expect(bench.look().told).toEqual([{ $case: "settled", settled: other }]);
  });
});

describe("The network layer's stream", () => {
  test("ends: what is stored has no owner and is discarded, orders that waited are forgotten", () => {
    const bench = filled();
    bench.swap(a1, "n1-n2/1/9");
    bench.ended(bench.halves, memoryMethods.halves);
    const { recorded, lent } = bench.look();
    expect(recorded).toMatchObject(Array(4).fill({ halfEnded: { outcome: Outcome.LOST_CRASH } }));
    expect(lent).toHaveLength(4);
    bench.occupied("n1-n2/1/9", 0);
    expect(bench.look().recorded.filter(({ $case }) => $case === "halfStored")).toEqual([]);
  });

  test("is answered when it has attached: before that whoever opened it cannot know that anybody is there", () => {
    const bench = new Bench();
    bench.look();
    bench.halves = bench.open(memoryMethods.halves, "network-layer/n1");
    expect(bench.look().told).toEqual([]);
    bench.order({ $case: "attach", attach: { incarnation: 2 } });
    expect(bench.look().told).toEqual([{ $case: "attached", attached: {} }]);
  });

  test("is superseded by a later one, which finds an empty memory; requests go on", () => {
    const bench = filled();
    const requestId = bench.accepted();
    const former = bench.halves;
    bench.halves = bench.open(memoryMethods.halves, "network-layer/n1");
    const { closed, recorded } = bench.look();
    expect(closed).toEqual([{ stream: former, reason: "SUPERSEDED" }]);
    expect(recorded).toHaveLength(4);
    bench.ended(former, memoryMethods.halves);
    bench.order({
      $case: "endRequest",
      endRequest: { requestId, reason: EndReason.COMPLETE, delivered: 2, message: "" },
    });
    expect(bench.look().recorded).toMatchObject([{ requestEnded: { requestId, reason: "COMPLETE" } }]);
  });
});

describe("A request", () => {
  const responses = (effects: readonly Effect[]) => effects.filter(({ kind }) => kind === "respond" || kind === "fail");

  test("gets an id that names the incarnation, and is answered once the network layer has accepted it", () => {
    const bench = new Bench(3);
    const [submit] = bench.request();
    expect(submit).toMatchObject({ kind: "call", to: "network-layer/n1", request: { requestId: "n1/3/1", to: "n2" } });
    if (submit?.kind !== "call") return;
    const reply = { kind: "reply", call: submit.call, method: submit.method, reading: undefined } as const;
    const effects = bench.step({ ...reply, response: { predictedFidelity: 0.9, path: ["n1", "n2"] } });
    expect(responses(effects)).toMatchObject([{ response: { requestId: "n1/3/1", path: ["n1", "n2"] } }]);
    expect(bench.look().recorded).toMatchObject([
      { controllerRestarted: { node: "n1" } },
      { requestAccepted: { predictedFidelityPpb: 900_000_000 } },
    ]);
  });

  test("that ends before the word of its acceptance has come is accepted first, and ended then", () => {
    const bench = filled();
    const [submit] = bench.request();
    if (submit?.kind !== "call") return;
    const { requestId } = submit.request as { readonly requestId: string };
    bench.look();
    const endRequest = { requestId, reason: EndReason.TIMEOUT, delivered: 0, message: "" };
    bench.order({ $case: "endRequest", endRequest });
    expect(bench.look().recorded).toEqual([]);
    const response = { predictedFidelity: 0.9, path: ["n1", "n2"] };
    bench.step({ kind: "reply", call: submit.call, method: submit.method, response, reading: undefined });
    expect(bench.look().recorded).toMatchObject([
      { requestAccepted: { requestId } },
      { requestEnded: { requestId, reason: "TIMEOUT" } },
    ]);
  });

  test("that the network layer refuses is refused with its very status", () => {
    const bench = new Bench();
    const [submit] = bench.request();
    const status = { code: Code.FAILED_PRECONDITION, message: "no", reason: "UNSUPP" };
    if (submit?.kind !== "call") return;
    const effects = bench.step({ kind: "call-failed", call: submit.call, method: submit.method, status });
    expect(responses(effects)).toMatchObject([{ kind: "fail", status }]);
    expect(effects).toContainEqual(expect.objectContaining({ kind: "record" }));
  });

  test("that the network layer did not answer in time is withdrawn there", () => {
    const bench = new Bench();
    const [submit] = bench.request();
    const status = { code: Code.DEADLINE_EXCEEDED, message: "late" };
    if (submit?.kind !== "call") return;
    const effects = bench.step({ kind: "call-failed", call: submit.call, method: submit.method, status });
    expect(effects.at(-1)).toMatchObject({ method: networkLayerMethods.withdraw, request: { requestId: "n1/1/1" } });
  });

  test("is lost with the network layer, and says so once", () => {
    const bench = filled();
    const requestId = bench.accepted();
    bench.deliver(a1, { requestId, headEnd: true });
    bench.look();
    bench.ended(bench.halves, memoryMethods.halves);
    const ended = bench.look().recorded.filter(({ $case }) => $case === "requestEnded");
    expect(ended).toMatchObject([{ requestEnded: { requestId, reason: "CIRCUIT_LOST", delivered: 1 } }]);
    bench.halves = bench.attached(2);
    bench.order({
      $case: "endRequest",
      endRequest: { requestId, reason: EndReason.TIMEOUT, delivered: 1, message: "" },
    });
    expect(bench.look().recorded).toEqual([]);
  });

  test("is lost that a network layer accepted of which the answer comes when the next one is there", () => {
    const bench = new Bench();
    bench.halves = bench.attached(2);
    bench.look();
    const [submit] = bench.request();
    if (submit?.kind !== "call") return;
    const response = { predictedFidelity: 0.9, path: ["n1", "n2"], incarnation: 1 };
    bench.step({ kind: "reply", call: submit.call, method: submit.method, response, reading: undefined });
    expect(bench.look().recorded).toMatchObject([
      { requestAccepted: { requestId: "n1/1/1" } },
      { requestEnded: { requestId: "n1/1/1", reason: "CIRCUIT_LOST", delivered: 0 } },
    ]);
  });

  test("that the network layer has dropped is lost, with the pairs that were delivered here", () => {
    const bench = filled();
    const requestId = bench.accepted();
    bench.deliver(a1, { requestId, headEnd: true });
    bench.look();
    const endRequest = { requestId, reason: EndReason.CIRCUIT_LOST, delivered: 2, message: "" };
    bench.order({ $case: "endRequest", endRequest });
    bench.order({ $case: "endRequest", endRequest });
    const ended = bench.look().recorded.filter(({ $case }) => $case === "requestEnded");
    expect(ended).toMatchObject([{ requestEnded: { requestId, reason: "CIRCUIT_LOST", delivered: 1 } }]);
  });

  test("is lost with a network layer that has restarted before its stream's end was told", () => {
    const bench = new Bench();
    const [lost, kept] = [bench.accepted(), bench.accepted({}, 2)];
    bench.look();
    bench.halves = bench.attached(1);
    expect(bench.look().recorded).toEqual([]);
    bench.halves = bench.attached(2);
    expect(bench.look().recorded).toMatchObject([{ requestEnded: { requestId: lost, reason: "CIRCUIT_LOST" } }]);
    bench.ended(bench.halves, memoryMethods.halves);
    expect(bench.look().recorded).toMatchObject([{ requestEnded: { requestId: kept, reason: "CIRCUIT_LOST" } }]);
  });
});

describe("The applications' door", () => {
  const { requestPairs, withdrawPairs, releasePair, measurePair } = nodeControllerMethods;

  test("is for this node's own applications only", () => {
    const bench = filled();
    const requestId = bench.accepted();
    for (const [method, request] of [
      [requestPairs, { to: "n2", pairs: 1 }],
      [withdrawPairs, { requestId }],
      [releasePair, { pair: a1 }],
      [measurePair, { pair: a1, basis: Basis.Z }],
    ] as const) {
      const refused = bench.call(method, request, "app/n2");
      expect(refused).toMatchObject([
        { kind: "fail", status: { code: Code.PERMISSION_DENIED, reason: "NOT_THIS_NODE" } },
      ]);
    }
  });

  test("lets an application withdraw a request that runs, and no other", () => {
    const bench = new Bench();
    const requestId = bench.accepted();
    expect(bench.call(withdrawPairs, { requestId })).toMatchObject([
      { kind: "respond" },
      { kind: "call", to: "network-layer/n1", request: { requestId } },
    ]);
    const unknown = bench.call(withdrawPairs, { requestId: "n1/1/99" });
    expect(unknown).toMatchObject([{ kind: "fail", status: { code: Code.NOT_FOUND, reason: "NO_SUCH_REQUEST" } }]);
  });
});

test("a final Pauli takes a gate's time, and takes a gate's noise off the claim", () => {
  const bench = filled();
  const follower = bench.open(nodeControllerMethods.deliveries, "app/n1", { afterSequence: 0 });
  const effects = bench.deliver(a1, { headEnd: true, bellIndex: psiMinus, finalState: psiPlus, claimedFidelity: 0.8 });
  const { oneQubitNs, oneQubitDepolarising } = node.gates;
  const claimedFidelity = (1 - oneQubitDepolarising) * 0.8 + oneQubitDepolarising / 4;
  const told = effects.flatMap((one) => (one.kind === "send" && one.stream === follower ? [one.item] : []));
  expect(told).toMatchObject([{ event: { delivered: { at: bench.now + oneQubitNs, claimedFidelity } } }]);
});

describe("Deliveries", () => {
  const items = (effects: readonly Effect[]) =>
    effects.flatMap((one) => (one.kind === "send" ? [one.item as DeliveriesResponse] : []));

  const follow = (bench: Bench, afterSequence: number) => {
    const request = { afterSequence };
    const stream = { stream: 900 as Stream, method: nodeControllerMethods.deliveries };
    return bench.step({ kind: "stream-opened", ...stream, request, from: "app/n0" });
  };

  const expireMany = (bench: Bench, count: number) => {
    for (let pair = 1; pair <= count; pair += 1) {
      bench.link("n0-n1", { $case: "missed", missed: { pair: `n0-n1/1/${pair}` } });
      bench.discard(`n0-n1/1/${pair}`, "n0/1/1");
    }
  };

  test("resume after a sequence, and miss nothing", () => {
    const bench = new Bench();
    expireMany(bench, 5);
    const all = items(follow(bench, 0)).map(({ sequence }) => sequence);
    expect(all).toHaveLength(5);
    expect(items(follow(bench, all[2] as number)).map(({ sequence }) => sequence)).toEqual(all.slice(3));
  });

  test("that are forgotten are OUT_OF_RANGE", () => {
    const bench = new Bench();
    expireMany(bench, 5000);
    const first = items(follow(bench, 0))[0]?.sequence as number;
    expect(follow(bench, first - 2)).toMatchObject([{ kind: "close", status: { code: Code.OUT_OF_RANGE } }]);
  });

  test("of a later incarnation tell those who followed a former one that its requests are over", () => {
    const before = new Bench(1);
    expireMany(before, 3);
    const last = items(follow(before, 0)).at(-1)?.sequence as number;
    const [event] = items(follow(new Bench(2), last));
    expect(event).toMatchObject({ requestId: "", event: { ended: { reason: EndReason.CIRCUIT_LOST } } });
    expect(items(follow(new Bench(1), 0))).toEqual([]);
  });
});

describe("A later incarnation", () => {
  test("attaches to nature as itself, and uses nothing of a former one", () => {
    const bench = new Bench(2);
    expect(bench.look().operations[0]).toMatchObject({ operation: { attach: { incarnation: 2 } } });
    bench.deliver(a1); // stored by the former one: nobody will tell of it again
    bench.timer(PARKED_TIMER, 1e9);
    expect(bench.look()).toMatchObject({ told: [{ lost: { pair: a1 } }], recorded: [] });
  });
});

test("Ten thousand orders for halves that never come leave nothing behind", () => {
  const bench = new Bench();
  bench.look();
  const index: BellIndex = phiPlus;
  for (let round = 0; round < 200; round += 1) {
    for (let order = 0; order < 50; order += 1) bench.deliver(`n0-n1/9/${round * 50 + order}`, { bellIndex: index });
    bench.timer(PARKED_TIMER, (round + 1) * 1e9);
    expect(bench.look().told).toHaveLength(50);
  }
});
