import { phiPlus } from "@bellmesh/bell";
import { type AnyMethod, Code, type Effect, type Input, type Machine, type Stream } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import type { Instant } from "@bellmesh/wire";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { type DeliveriesResponse, EndReason } from "@bellmesh/wire/node-controller";
import { describe, expect, test } from "vitest";
import { type Ask, nodeControllerMethods } from "./requester.ts";
import { RequesterTable } from "./requester-table.ts";
import { service } from "./service.ts";

const { deliveries, requestPairs } = nodeControllerMethods;
const incarnationOf = 4_294_967_296;
type Event = DeliveriesResponse["event"];

class Bench {
  readonly table = new RequesterTable();
  readonly machine: Machine;
  now = 0 as Instant;
  head: Stream | undefined;
  tail: Stream | undefined;
  #sequence = { head: incarnationOf, tail: incarnationOf };

  constructor(more: Partial<Ask> = {}) {
    const what = { pairs: 2, minFidelity: undefined, maxTimeNs: 0, missPolicy: MissPolicy.UNSPECIFIED, graceNs: 0 };
    const ask: Ask = { from: "alice", to: "bob", finalState: undefined, ...what, ...more };
    const config = { ask, table: this.table };
    this.machine = service.start({ config, place: "alice", entropy: new SeededEntropy(1) });
    this.step({ kind: "started", incarnation: 1, recovered: new Map() });
  }

  step(input: Input): readonly Effect[] {
    const effects = this.machine.step(this.now, input);
    for (const effect of effects) {
      if (effect.kind !== "open-stream") continue;
      if (effect.to.endsWith("alice")) this.head = effect.stream;
      else this.tail = effect.stream;
    }
    return effects;
  }

  accepted(requestId = "alice/1/1"): readonly Effect[] {
    const response = { requestId, predictedFidelity: 0.9, path: ["alice", "bob"] };
    return this.step({
      kind: "reply",
      call: 1 as never,
      method: requestPairs as AnyMethod,
      response,
      reading: undefined,
    });
  }

  refused(code: Code, reason?: string): readonly Effect[] {
    const status = { code, message: "no", ...(reason !== undefined && { reason }) };
    return this.step({ kind: "call-failed", call: 1 as never, method: requestPairs as AnyMethod, status });
  }

  tell(end: "head" | "tail", event: Event, requestId = "alice/1/1", sequence?: number): readonly Effect[] {
    this.#sequence[end] += 1;
    const item = { sequence: sequence ?? this.#sequence[end], requestId, event };
    return this.step({ kind: "stream-item", stream: this[end] as Stream, method: deliveries, item });
  }

  delivered(end: "head" | "tail", pairSequence: number): readonly Effect[] {
    const delivered = { pairSequence, peer: "", pair: `p/${pairSequence}`, bellIndex: phiPlus, claimedFidelity: 0.8 };
    return this.tell(end, {
      $case: "delivered",
      delivered: { ...delivered, feedforwardMissed: false, at: 5, feedforwardNs: 7 },
    });
  }

  expired(end: "head" | "tail", pairSequence: number, retracted: boolean): readonly Effect[] {
    const expired = { pair: `p/${pairSequence}`, pairSequence, retracted, feedforwardMissed: true };
    return this.tell(end, { $case: "expired", expired });
  }

  ended(reason: EndReason, delivered: number): readonly Effect[] {
    return this.tell("head", { $case: "ended", ended: { reason, delivered, message: "so" } });
  }

  broken(end: "head" | "tail", code: Code = Code.UNAVAILABLE): readonly Effect[] {
    const status = { code, message: "" };
    return this.step({ kind: "stream-ended", stream: this[end] as Stream, method: deliveries, status });
  }

  timer(timer: string, now = 0): readonly Effect[] {
    this.now = now as Instant;
    return this.step({ kind: "timer", timer, due: this.now, reading: undefined });
  }
}

describe("A requester counts", () => {
  test("a pair when both ends have delivered it, whichever is first", () => {
    const run = new Bench();
    run.accepted();
    run.delivered("tail", 1);
    expect(run.table.delivered).toBe(0);
    run.delivered("head", 1);
    run.delivered("head", 2);
    expect(run.table).toMatchObject({ delivered: 1, claims: 3, lastDeliveredAt: 5, feedforwardNs: [7, 7, 7] });
    expect(run.table.claimedSum).toBeCloseTo(2.4);
  });

  test("deliveries that came before the answer to the request", () => {
    const bench = new Bench();
    bench.delivered("head", 1);
    bench.delivered("tail", 1);
    expect(bench.table.delivered).toBe(0);
    bench.accepted();
    expect(bench.table.delivered).toBe(1);
  });

  test("not what is of another request", () => {
    const bench = new Bench();
    bench.accepted("alice/1/2");
    bench.delivered("head", 1);
    bench.delivered("tail", 1);
    expect(bench.table).toMatchObject({ delivered: 0, claims: 0 });
  });

  test("no longer what either end retracts, before or after the other delivers", () => {
    const bench = new Bench();
    bench.accepted();
    for (const end of ["head", "tail"] as const) bench.delivered(end, 1);
    bench.expired("tail", 1, true);
    expect(bench.table.delivered).toBe(0);
    bench.expired("head", 1, true);
    expect(bench.table).toMatchObject({ delivered: 0, expired: 2, feedforwardMissed: 0 });
    bench.delivered("head", 2);
    bench.expired("head", 2, true);
    bench.delivered("tail", 2);
    expect(bench.table.delivered).toBe(0);
  });

  test("what ended without delivery as expired, and nothing else", () => {
    const bench = new Bench();
    bench.accepted();
    bench.expired("head", 1, false);
    expect(bench.table).toMatchObject({ delivered: 0, expired: 1 });
  });
});

describe("A requester is done", () => {
  test("when the request has ended and both ends have told of all that was delivered", () => {
    const bench = new Bench();
    bench.accepted();
    for (const pair of [1, 2]) bench.delivered("head", pair);
    bench.delivered("tail", 1);
    const [settling] = bench.ended(EndReason.COMPLETE, 2);
    expect(bench.table).toMatchObject({ done: false, ended: "complete" });
    expect(settling).toMatchObject({ kind: "set-timer", timer: "settle", due: 10e9 });
    expect(bench.delivered("tail", 2)).toEqual([{ kind: "cancel-timer", timer: "settle" }]);
    expect(bench.table).toMatchObject({ done: true, delivered: 2 });
    expect(bench.table.failed()).toEqual({});
  });

  test("ten seconds after the end, whatever the tail-end has told of", () => {
    const bench = new Bench();
    bench.accepted();
    bench.delivered("head", 1);
    bench.ended(EndReason.TIMEOUT, 1);
    bench.timer("settle", 10e9);
    expect(bench.table).toMatchObject({ done: true, delivered: 0, message: "so" });
    expect(bench.table.failed()).toEqual({ timeout: 2 });
  });

  test("when it is refused, by the reason of the refusal", () => {
    const bench = new Bench();
    bench.refused(Code.FAILED_PRECONDITION, "UNSUPP");
    expect(bench.table).toMatchObject({ done: true, refused: true, ended: "unsupp", message: "no" });
    expect(bench.table.failed()).toEqual({ unsupp: 2 });
  });

  test("when the head-end has restarted: its request is lost", () => {
    const bench = new Bench();
    bench.accepted();
    const ended = { reason: EndReason.CIRCUIT_LOST, delivered: 0, message: "" };
    bench.tell("head", { $case: "ended", ended }, "", 2 * incarnationOf + 1);
    expect(bench.table).toMatchObject({
      done: true,
      ended: "circuit_lost",
      message: "alice has restarted, and the request is lost",
    });
  });

  test("but not when it had restarted before it was asked, nor when the tail-end has", () => {
    const bench = new Bench();
    bench.accepted("alice/2/1");
    const ended = { reason: EndReason.CIRCUIT_LOST, delivered: 0, message: "" };
    bench.tell("head", { $case: "ended", ended }, "", 2 * incarnationOf + 1);
    bench.tell("tail", { $case: "ended", ended }, "", 3 * incarnationOf + 1);
    expect(bench.table.ended).toBeUndefined();
  });

  test("when its time and ten seconds are over and nobody has said a word", () => {
    const bench = new Bench({ maxTimeNs: 3e9 });
    expect(bench.accepted()).toMatchObject([{ timer: "give up", due: 13e9 }]);
    bench.timer("give up", 13e9);
    expect(bench.table).toMatchObject({ done: true, ended: "unanswered" });
  });
});

describe("A requester", () => {
  test("asks again while the node's controller is not up, for as long as its time limit lasts", () => {
    const bench = new Bench({ maxTimeNs: 1e9 });
    expect(bench.refused(Code.UNAVAILABLE)).toMatchObject([{ timer: "ask again", due: 1e8 }]);
    expect(bench.timer("ask again", 1e8)).toMatchObject([{ kind: "call", to: "node-controller/alice" }]);
    bench.now = 1e9 as Instant;
    bench.refused(Code.UNAVAILABLE);
    expect(bench.table).toMatchObject({ done: true, ended: "unavailable" });
  });

  test("follows deliveries again where they broke off, or from the oldest kept when that is forgotten", () => {
    const bench = new Bench();
    bench.accepted();
    bench.delivered("tail", 1);
    const [reopen] = bench.broken("tail");
    if (reopen?.kind !== "set-timer") throw new Error("not reopened");
    expect(bench.timer(reopen.timer)).toMatchObject([
      { to: "node-controller/bob", request: { afterSequence: incarnationOf + 1 } },
    ]);
    bench.broken("tail", Code.OUT_OF_RANGE);
    expect(bench.timer(reopen.timer)).toMatchObject([{ request: { afterSequence: 0 } }]);
  });

  test("that restarts begins its table anew", () => {
    const bench = new Bench();
    bench.accepted();
    for (const end of ["head", "tail"] as const) bench.delivered(end, 1);
    const { table } = bench;
    const ask: Ask = { ...({ from: "alice", to: "bob", pairs: 7 } as Ask) };
    service.start({ config: { ask, table }, place: "alice", entropy: new SeededEntropy(1) });
    expect(table).toMatchObject({ requested: 7, delivered: 0, claims: 0, path: [] });
  });
});
