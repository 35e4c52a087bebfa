import type { Effect, Stream } from "@bellmesh/mesh";
import { StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { SlotsRequest } from "@bellmesh/wire/node-controller";
import { expect, test } from "vitest";
import { MemoryConnection } from "./memory-connection.ts";

const now = 0 as Instant;
const link = "n0-n1";
const occupied = (pair: string): SlotsRequest => {
  const bellIndex = { x: true, z: false };
  return { link, message: { $case: "occupied", occupied: { slot: 0, pair, bellIndex, emittedAt: 0 } } };
};
const missed = (pair: string): SlotsRequest => ({ link, message: { $case: "missed", missed: { pair } } });

/** A connection, what it has sent since it was last asked, and its stream. */
class Bench {
  readonly connection = new MemoryConnection("n0", [link], new StreamNumbers());
  #effects: Effect[] = [];
  #stream: Stream | undefined;

  constructor() {
    this.reopen();
  }

  reopen(): void {
    this.connection.open(this.#effects);
    this.sent();
  }

  send(request: SlotsRequest): void {
    this.connection.send(this.#effects, request);
  }

  breaks(): void {
    this.connection.ended(now, this.#effects, this.#stream as Stream);
  }

  grants(): void {
    this.connection.reached(this.#effects);
  }

  sent(): readonly string[] {
    const effects = this.#effects;
    this.#effects = [];
    for (const effect of effects) if (effect.kind === "open-stream") this.#stream = effect.stream;
    return effects.flatMap((effect) => (effect.kind === "send" ? [describe(effect.item as SlotsRequest)] : []));
  }
}

function describe({ message }: SlotsRequest): string {
  if (message?.$case === "occupied") return `occupied ${message.occupied.pair}`;
  return message?.$case === "missed" ? `missed ${message.missed.pair}` : "attach";
}

test("halves told of on a stream that broke are told of as missed once the next has brought a slot", () => {
  const bench = new Bench();
  bench.send(occupied("p/1/1"));
  bench.send(missed("p/1/2"));
  expect(bench.sent()).toEqual(["occupied p/1/1", "missed p/1/2"]);
  bench.breaks();
  bench.send(missed("p/1/3"));
  bench.reopen();
  bench.send(missed("p/1/4"));
  expect(bench.sent()).toEqual(["missed p/1/4"]);
  bench.grants();
  expect(bench.sent()).toEqual(["missed p/1/1", "missed p/1/2", "missed p/1/3"]);
  bench.grants();
  expect(bench.sent()).toEqual([]);
});

test("a stream that breaks before it has brought a slot has brought nothing there", () => {
  const bench = new Bench();
  bench.breaks();
  bench.reopen();
  bench.send(missed("p/1/1"));
  bench.breaks();
  bench.reopen();
  bench.sent();
  bench.grants();
  expect(bench.sent()).toEqual(["missed p/1/1"]);
});

test("of a long-lived stream only the latest may not have been heard", () => {
  const bench = new Bench();
  for (let sequence = 1; sequence <= 200; sequence += 1) bench.send(occupied(`p/1/${sequence}`));
  bench.breaks();
  bench.reopen();
  bench.grants();
  const sent = bench.sent();
  expect(sent).toHaveLength(64);
  expect(sent.at(-1)).toBe("missed p/1/200");
});
