import { phiPlus, psiMinus, psiPlus } from "@bellmesh/bell";
import type { Effect } from "@bellmesh/mesh";
import { HardwareInForce, loadTopology } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { HalfEnd } from "@bellmesh/wire/node-controller";
import { describe, expect, test } from "vitest";
import { CircuitEnd } from "./circuit-end.ts";
import { halfOf, lineCircuit, ObservedSurroundings } from "./observed-surroundings.ts";
import { pathBudget } from "./path-budget.ts";
import type { HeadRequest, RequestTerms } from "./request.ts";
import { TailTallies } from "./tail-tallies.ts";

const topology = loadTopology("line:3");
const at = (ns: number) => ns as Instant;
const leaseNs = pathBudget(topology, lineCircuit(0)).orphanLeaseNs;

function termsOf(more: Partial<RequestTerms> = {}): RequestTerms {
  return {
    requestId: "n0/1/1",
    headEnd: "n0",
    tailEnd: "n2",
    pairs: 3,
    minFidelity: undefined,
    missPolicy: MissPolicy.UNSPECIFIED,
    graceNs: 0,
    finalState: undefined,
    hold: false,
    ...more,
  };
}

function headRequest(more: Partial<RequestTerms> = {}): HeadRequest {
  const progress = { delivered: 0, inTransit: 0, lastPairSequence: 0, givenUpInARow: 0 };
  const sums = { deliveredSum: 0, confirmedSum: undefined, settlingSum: 0, settledSum: 0 };
  return { ...termsOf(more), timeoutAt: undefined, ending: undefined, ...progress, ...sums };
}

/** One end of n0 — n1 — n2: pairs of n0-n1 at the head-end, of n1-n2 at the tail-end. */
class Bench {
  readonly surroundings = new ObservedSurroundings();
  readonly end: CircuitEnd;
  readonly isHead: boolean;
  effects: Effect[] = [];
  progressed = 0;
  missed = 0;
  confirmed: number[] = [];

  constructor(where: "head" | "tail") {
    this.isHead = where === "head";
    const circuit = lineCircuit(this.isHead ? 0 : 2);
    this.end = new CircuitEnd(
      circuit,
      new HardwareInForce(topology),
      this.surroundings,
      {
        progressed: () => {
          this.progressed += 1;
        },
        missed: () => {
          this.missed += 1;
        },
        counted: (_effects, _circuit, _requestId, sum) => {
          if (sum !== undefined) this.confirmed.push(sum);
        },
      },
      new TailTallies(),
    );
  }

  request(more: Partial<RequestTerms> = {}): HeadRequest {
    const request = headRequest(more);
    this.end.register(at(0), this.effects, request, this.isHead ? request : undefined);
    return request;
  }

  /** The link pair of this sequence is here. */
  half(sequence: number, now = 0, index = phiPlus): string {
    const pair = `${this.isHead ? "n0-n1" : "n1-n2"}/1/${sequence}`;
    this.end.linkOk(at(now), this.effects, halfOf(pair, index, now), true);
    return pair;
  }

  /** The other end's TRACK for the half of this sequence, which it knows under another name. */
  track(sequence: number, now = 0, more: Partial<Track> = {}): void {
    const names = this.isHead
      ? {
          linkCorrelator: `n0-n1/1/${sequence}`,
          originCorrelator: `n1-n2/1/${sequence}`,
          requestId: "",
          pairSequence: 0,
        }
      : { linkCorrelator: `n1-n2/1/${sequence}`, originCorrelator: `n0-n1/1/${sequence}`, requestId: "n0/1/1" };
    const message: Track = {
      circuit: "n0/1/1",
      downstream: !this.isHead,
      outcome: psiPlus,
      pairSequence: sequence,
      epoch: 0,
      quality: { x: 1, y: 1, z: 1, relaxed: undefined },
      originEmittedAt: now,
      ...names,
      ...more,
    };
    this.end.track(at(now), this.effects, message, at(now));
  }

  expire(linkCorrelator: string, more: Partial<Expire> = {}, now = 0): void {
    const message = { circuit: "n0/1/1", downstream: !this.isHead, linkCorrelator, feedforwardMissed: false };
    this.end.expire(at(now), this.effects, { ...message, requestId: "", pairSequence: 0, ...more });
  }

  due(now: number): void {
    this.end.due(at(now), this.effects);
  }

  delivered() {
    return this.surroundings.ordersTo("deliver").map(({ deliver }) => deliver);
  }

  expires() {
    return this.surroundings.expires().map(({ to, expire }) => ({
      to,
      name: expire.linkCorrelator || `number ${expire.pairSequence}`,
    }));
  }
}

describe("A head-end", () => {
  test("numbers its pairs and sends their TRACKs; the other end's TRACK confirms them", () => {
    const bench = new Bench("head");
    const request = bench.request();
    bench.half(1, 0, psiMinus);
    bench.half(2);
    const tracks = bench.surroundings.tracks();
    expect(tracks.map(({ to, track }) => [to, track.requestId, track.pairSequence, track.downstream])).toEqual([
      ["n1", "n0/1/1", 1, true],
      ["n1", "n0/1/1", 2, true],
    ]);
    expect(tracks[0]?.track).toMatchObject({ originCorrelator: "n0-n1/1/1", linkCorrelator: "n0-n1/1/1" });
    expect(tracks[0]?.track.outcome).toEqual(psiMinus);
    expect(request).toMatchObject({ inTransit: 2, delivered: 0 });
    bench.track(2, 100);
    expect(bench.delivered()).toMatchObject([
      { pair: "n0-n1/1/2", pairSequence: 2, bellIndex: psiPlus, headEnd: true, peer: "n2" },
    ]);
    expect(request).toMatchObject({ inTransit: 1, delivered: 1 });
  });

  test("numbers no more pairs than are wanted: the surplus is discarded, without a TRACK", () => {
    const bench = new Bench("head");
    bench.request({ pairs: 1 });
    bench.half(1);
    bench.half(2);
    expect(bench.surroundings.tracks()).toHaveLength(1);
    expect(bench.surroundings.ordersTo("discard")).toMatchObject([
      { discard: { pair: "n0-n1/1/2", reason: HalfEnd.DISCARDED } },
    ]);
    bench.track(2);
    expect(bench.expires()).toEqual([{ to: "n1", name: "n0-n1/1/2" }]);
  });

  test("serves its requests in the order they came", () => {
    const bench = new Bench("head");
    bench.request({ pairs: 1 });
    bench.request({ requestId: "n0/1/2", pairs: 1 });
    bench.half(1);
    bench.half(2);
    const of = bench.surroundings.tracks().map(({ track }) => `${track.requestId} ${track.pairSequence}`);
    expect(of).toEqual(["n0/1/1 1", "n0/1/2 1"]);
  });

  test("that gives a pair up tells the tail-end straight, by its number", () => {
    const bench = new Bench("head");
    const request = bench.request();
    bench.half(1);
    bench.due(leaseNs);
    expect(bench.expires()).toEqual([{ to: "n2", name: "number 1" }]);
    expect(request).toMatchObject({ inTransit: 0, delivered: 0 });
    bench.track(1);
    expect(bench.delivered()).toEqual([]);
  });

  test("takes back a pair that the tail-end gave up after it was delivered here, and counts it no more", () => {
    const bench = new Bench("head");
    const request = bench.request();
    bench.half(1);
    bench.track(1);
    bench.end.deregister("n0/1/1"); // its circuit is torn down, the request goes on
    bench.surroundings.orders();
    bench.expire("n1-n2/1/1", { downstream: false }); // straight: the tail-end's name for it
    expect(bench.surroundings.ordersTo("retract")).toMatchObject([{ retract: { pair: "n0-n1/1/1", pairSequence: 1 } }]);
    expect(request.delivered).toBe(0);
    bench.expire("n0-n1/1/1"); // and once more, hop by hop
    expect(bench.surroundings.orders()).toEqual([]);
  });

  test("does not deliver what the tail-end has given up before", () => {
    const bench = new Bench("head");
    const request = bench.request();
    bench.half(1);
    bench.expire("n1-n2/1/1");
    bench.track(1);
    expect(bench.delivered()).toEqual([]);
    expect(request).toMatchObject({ inTransit: 0, delivered: 0 });
  });

  test("that hears from a repeater tells the tail-end too: the repeater may have forgotten what it forwarded", () => {
    const bench = new Bench("head");
    bench.request();
    bench.half(1);
    bench.expire("n0-n1/1/1");
    expect(bench.expires()).toEqual([{ to: "n2", name: "number 1" }]);
    bench.half(2);
    bench.track(2);
    bench.expire("n0-n1/1/2");
    expect(bench.expires()).toEqual([{ to: "n2", name: "number 2" }]);
  });
});

describe("A tail-end", () => {
  test("learns the number and the request from the TRACK, and sends its own without", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.half(1);
    const [sent] = bench.surroundings.tracks();
    expect(sent).toMatchObject({ to: "n1", track: { requestId: "", pairSequence: 0, downstream: false } });
    bench.track(1, 0, { pairSequence: 17 });
    expect(bench.delivered()).toMatchObject([{ requestId: "n0/1/1", pairSequence: 17, headEnd: false, peer: "n0" }]);
  });

  test("waits for the FORWARD of a request whose TRACK came first: it says which state to report", () => {
    const bench = new Bench("tail");
    bench.half(1);
    bench.track(1);
    expect(bench.delivered()).toEqual([]);
    expect(bench.end.held).toBe(1);
    bench.request({ finalState: psiMinus });
    expect(bench.delivered()).toMatchObject([{ pair: "n1-n2/1/1", finalState: psiMinus }]);
  });

  test("takes back what the head-end gave up by number, and remembers numbers it has not seen yet", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.half(1);
    bench.track(1);
    bench.surroundings.orders();
    bench.expire("", { requestId: "n0/1/1", pairSequence: 1 });
    expect(bench.surroundings.ordersTo("retract")).toMatchObject([{ retract: { pair: "n1-n2/1/1" } }]);
    bench.expire("", { requestId: "n0/1/1", pairSequence: 2 });
    bench.half(2);
    bench.track(2);
    expect(bench.surroundings.orders().map(({ $case }) => $case)).toEqual(["giveUpFar", "discard"]);
  });

  test("that gives a half up tells hop by hop, for halves that wait on the way, and the head-end straight", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.half(1);
    bench.due(leaseNs);
    expect(bench.expires()).toEqual([
      { to: "n1", name: "n1-n2/1/1" },
      { to: "n0", name: "n1-n2/1/1" },
    ]);
  });

  test("says when it has delivered all that was asked, again when a pair was taken back and replaced", () => {
    const bench = new Bench("tail");
    bench.request({ pairs: 2 });
    for (const sequence of [1, 2]) {
      bench.half(sequence);
      bench.track(sequence);
    }
    expect(bench.confirmed).toEqual([3]);
    bench.expire("", { requestId: "n0/1/1", pairSequence: 1 });
    bench.half(3);
    bench.track(3);
    expect(bench.confirmed).toEqual([3, 5]);
  });
});

describe("An end", () => {
  test("has no cutoff: it sets no timer but for deadlines and leases", () => {
    for (const where of ["head", "tail"] as const) {
      const bench = new Bench(where);
      bench.request();
      bench.half(1);
      expect(bench.effects).toEqual([{ kind: "set-timer", timer: "end:n0/1/1", due: leaseNs }]);
    }
  });

  test("uses a TRACK that came before its half", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.track(1);
    expect(bench.delivered()).toEqual([]);
    bench.half(1);
    expect(bench.delivered()).toHaveLength(1);
    expect(bench.end.held).toBe(0);
  });

  test("delivers once, however often the TRACK comes", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.half(1);
    for (let copy = 0; copy < 3; copy += 1) bench.track(1);
    expect(bench.delivered()).toHaveLength(1);
    expect(bench.expires()).toEqual([]);
  });

  test("answers a TRACK for a half it has given up", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.end.voided(at(0), bench.effects, "n1-n2/1/1");
    bench.track(1);
    expect(bench.expires()).toEqual([
      { to: "n1", name: "n1-n2/1/1" },
      { to: "n0", name: "n1-n2/1/1" },
    ]);
  });

  test("discards a half the link layer voided before it was announced, and answers its early TRACK", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.track(1);
    bench.end.voided(at(0), bench.effects, "n1-n2/1/1");
    expect(bench.expires().map(({ to }) => to)).toEqual(["n1", "n0"]);
    bench.half(1);
    expect(bench.surroundings.orders().map(({ $case }) => $case)).toEqual(["discard"]);
  });

  test("lets an orphan go when its lease is over, with EXPIRE and a tombstone", () => {
    const bench = new Bench("tail");
    bench.request();
    bench.half(1);
    bench.half(2, 1000);
    bench.due(leaseNs);
    expect(bench.end.held).toBe(1);
    expect(bench.surroundings.ordersTo("discard")).toMatchObject([
      { discard: { pair: "n1-n2/1/1", reason: HalfEnd.EXPIRED } },
    ]);
    expect(bench.effects.at(-1)).toEqual({ kind: "set-timer", timer: "end:n0/1/1", due: leaseNs + 1000 });
    expect(bench.expires()).toHaveLength(2);
    bench.track(1);
    expect(bench.delivered()).toEqual([]);
    expect(bench.expires()).toHaveLength(2);
  });

  test("gives up a delivery that the node-controller could not carry out, and tells the other end", () => {
    const bench = new Bench("head");
    const request = bench.request();
    bench.half(1);
    bench.track(1);
    bench.end.lost(at(0), bench.effects, "n0-n1/1/1");
    expect(request).toMatchObject({ delivered: 0, inTransit: 0 });
    expect(bench.expires()).toEqual([{ to: "n2", name: "number 1" }]);
    expect(bench.surroundings.ordersTo("retract")).toEqual([]);
  });

  test("gives up all it holds when the memory has gone", () => {
    const bench = new Bench("head");
    const request = bench.request();
    bench.half(1);
    bench.half(2);
    bench.end.abandon(at(0), bench.effects);
    expect(bench.end.held).toBe(0);
    expect(request.inTransit).toBe(0);
    expect(bench.expires().map(({ name }) => name)).toEqual(["number 1", "number 2"]);
  });

  test("answers the TRACK that waited longest for its half when a thousand others wait", () => {
    const bench = new Bench("tail");
    bench.request();
    for (let sequence = 1; sequence <= 1030; sequence += 1) bench.track(sequence);
    expect(bench.expires().filter(({ to }) => to === "n0")).toEqual(
      [1, 2, 3, 4, 5, 6].map((sequence) => ({ to: "n0", name: `n1-n2/1/${sequence}` })),
    );
  });
});

describe("Feedforward that misses its deadline", () => {
  const minFidelity = 0.95;
  const deadlineOf = (policy: MissPolicy, graceNs = 0, where: "head" | "tail" = "head") => {
    const bench = new Bench(where);
    const request = bench.request({ minFidelity, missPolicy: policy, graceNs });
    bench.half(1);
    const [timer] = bench.effects;
    if (timer?.kind !== "set-timer") throw new Error("no deadline was set");
    return { bench, request, due: timer.due };
  };

  test("discard: the half goes, the other end is told, and it counts as missed", () => {
    const { bench, request, due } = deadlineOf(MissPolicy.DISCARD);
    expect(due).toBeLessThan(leaseNs);
    bench.due(due - 1);
    expect(bench.end.held).toBe(1);
    bench.due(due);
    expect(bench.missed).toBe(1);
    expect(request).toMatchObject({ inTransit: 0, delivered: 0 });
    expect(bench.surroundings.ordersTo("discard")).toMatchObject([{ discard: { feedforwardMissed: true } }]);
    expect(bench.expires()).toHaveLength(1);
  });

  test("discard: a TRACK at the deadline is too late", () => {
    const { bench, due } = deadlineOf(MissPolicy.DISCARD);
    bench.track(1, due);
    expect(bench.missed).toBe(1);
    expect(bench.delivered()).toEqual([]);
    expect(bench.expires()).toHaveLength(1);
  });

  test("is what a request without a policy means by discard", () => {
    const { bench, due } = deadlineOf(MissPolicy.UNSPECIFIED);
    bench.due(due);
    expect(bench.end.held).toBe(0);
  });

  test("age: the pair is used when its TRACK comes, and counts as missed; only the lease ends it", () => {
    const { bench, due } = deadlineOf(MissPolicy.AGE);
    expect(due).toBe(leaseNs);
    expect(bench.surroundings.tracks()[0]?.notAfter).toBe(0);
    bench.track(1, leaseNs - 1);
    expect(bench.missed).toBe(1);
    expect(bench.delivered()).toHaveLength(1);
  });

  test("degrade: delivered with the index unknown, upgraded within grace, counted once", () => {
    const { bench, request, due } = deadlineOf(MissPolicy.DEGRADE, 1000);
    expect(bench.surroundings.tracks()[0]?.notAfter).toBe(due + 1000);
    bench.due(due);
    expect(bench.delivered()).toMatchObject([{ bellIndex: undefined, claimedFidelity: 0.25 }]);
    expect(request).toMatchObject({ inTransit: 1, delivered: 0 });
    bench.track(1, due + 999);
    expect(bench.surroundings.ordersTo("upgrade")).toMatchObject([
      { upgrade: { bellIndex: psiPlus, pairSequence: 1 } },
    ]);
    expect(request).toMatchObject({ inTransit: 0, delivered: 1 });
    expect(bench.missed).toBe(1);
  });

  test("degrade: taken back when grace is over, and the tail-end is told", () => {
    const { bench, request, due } = deadlineOf(MissPolicy.DEGRADE, 1000);
    bench.due(due);
    bench.surroundings.orders();
    bench.due(due + 1000);
    expect(bench.surroundings.ordersTo("retract")).toMatchObject([
      { retract: { pairSequence: 1, feedforwardMissed: true } },
    ]);
    expect(bench.expires()).toEqual([{ to: "n2", name: "number 1" }]);
    expect(request).toMatchObject({ inTransit: 0, delivered: 0 });
    expect(bench.missed).toBe(1);
  });

  test("degrade: the tail-end, which does not know which pair it holds, waits through the grace", () => {
    const { bench, due } = deadlineOf(MissPolicy.DEGRADE, 1000, "tail");
    bench.due(due - 1);
    expect(bench.surroundings.orders()).toEqual([]);
    bench.track(1, due - 1);
    expect(bench.delivered()).toHaveLength(1);
    expect(bench.missed).toBe(1);
  });

  test("degrade: where a final state was asked the head-end waits too, for it must correct first", () => {
    const bench = new Bench("head");
    bench.request({ minFidelity, missPolicy: MissPolicy.DEGRADE, graceNs: 1000, finalState: phiPlus });
    bench.half(1);
    const [timer] = bench.effects;
    const due = timer?.kind === "set-timer" ? timer.due : 0;
    bench.due(due - 1);
    expect(bench.delivered()).toEqual([]);
    bench.track(1, due - 1);
    expect(bench.delivered()).toMatchObject([{ bellIndex: psiPlus, finalState: phiPlus }]);
  });
});
