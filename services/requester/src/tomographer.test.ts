import { psiMinus } from "@bellmesh/bell";
import { type AnyMethod, type Call, Code, type Effect, type Input, type Machine, type Stream } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import type { Instant } from "@bellmesh/wire";
import type { DeliveriesResponse } from "@bellmesh/wire/node-controller";
import { Basis } from "@bellmesh/wire/quantum-state";
import { expect, test } from "vitest";
import { nodeControllerMethods } from "./requester.ts";
import { RequesterTable } from "./requester-table.ts";
import { tomographer } from "./service.ts";
import { TomographyTable } from "./tomography-table.ts";

class Bench {
  readonly table = new RequesterTable();
  readonly shots = new TomographyTable();
  readonly machine: Machine;
  stream: Stream | undefined;
  now = 0 as Instant;

  constructor() {
    const config = { end: "tail", node: "bob", waitNs: 50, table: this.table, shots: this.shots } as const;
    this.machine = tomographer.start({ config, place: "bob", entropy: new SeededEntropy(1) });
    this.step({ kind: "started", incarnation: 1, recovered: new Map() });
  }

  step(input: Input): readonly Effect[] {
    const effects = this.machine.step(this.now, input);
    for (const effect of effects) if (effect.kind === "open-stream") this.stream = effect.stream;
    return effects;
  }

  tell(event: DeliveriesResponse["event"], requestId = "alice/1/1"): readonly Effect[] {
    const item = { sequence: 1, requestId, event };
    const method = nodeControllerMethods.deliveries as AnyMethod;
    return this.step({ kind: "stream-item", stream: this.stream as Stream, method, item });
  }

  delivered(requestId?: string): readonly Effect[] {
    const rest = { peer: "alice", claimedFidelity: 0.9, at: 100, feedforwardNs: 1, feedforwardMissed: false };
    const delivered = { pairSequence: 5, pair: "p/1/5", bellIndex: psiMinus, ...rest };
    return this.tell({ $case: "delivered", delivered }, requestId);
  }

  timer(timer: string, now: number): readonly Effect[] {
    this.now = now as Instant;
    return this.step({ kind: "timer", timer, due: this.now, reading: undefined });
  }
}

test("a half is measured in the basis of its pair's number, light time after its delivery, by its own node", () => {
  const bench = new Bench();
  bench.table.requestId = "alice/1/1";
  expect(bench.delivered()).toMatchObject([{ kind: "set-timer", timer: "measure:5", due: 150 }]);
  const [call] = bench.timer("measure:5", 150);
  expect(call).toMatchObject({ to: "node-controller/bob", request: { pair: "p/1/5", basis: Basis.Z } });
  const method = nodeControllerMethods.measurePair as AnyMethod;
  const reply = { kind: "reply", call: 1 as Call, method, response: { bit: true }, reading: undefined } as const;
  bench.step(reply);
  bench.shots.read("head", 5, false, undefined);
  expect(bench.shots.shots()).toMatchObject([{ tailBit: true, headBit: false, index: psiMinus }]);
});

test("a half that could not be measured is counted, a void one and one of another request are left alone", () => {
  const bench = new Bench();
  bench.delivered();
  expect(bench.timer("measure:5", 150)).toMatchObject([{ kind: "set-timer", timer: "measure:5" }]);
  bench.table.requestId = "alice/1/1";
  expect(bench.timer("measure:5", 200)).toMatchObject([{ kind: "call" }]);
  const method = nodeControllerMethods.measurePair as AnyMethod;
  bench.step({ kind: "call-failed", call: 1 as Call, method, status: { code: Code.NOT_FOUND, message: "" } });
  expect(bench.shots.missed).toBe(1);
  bench.delivered();
  const expired = { pair: "p/1/5", pairSequence: 5, retracted: true, feedforwardMissed: false };
  bench.tell({ $case: "expired", expired });
  expect(bench.timer("measure:5", 300)).toEqual([]);
  bench.delivered("alice/1/2");
  expect(bench.timer("measure:5", 400)).toEqual([]);
});

test("deliveries are followed again where they broke off", () => {
  const bench = new Bench();
  bench.delivered();
  const method = nodeControllerMethods.deliveries as AnyMethod;
  const status = { code: Code.UNAVAILABLE, message: "" };
  const [reopen] = bench.step({ kind: "stream-ended", stream: bench.stream as Stream, method, status });
  if (reopen?.kind !== "set-timer") throw new Error("not reopened");
  expect(bench.timer(reopen.timer, 5)).toMatchObject([{ to: "node-controller/bob", request: { afterSequence: 1 } }]);
});
