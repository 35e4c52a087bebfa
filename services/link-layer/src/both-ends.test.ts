import type { Stream } from "@bellmesh/mesh";
import { loadTopology, type Scheduler, type Topology } from "@bellmesh/topology";
import { pairId } from "@bellmesh/wire";
import type { Herald } from "@bellmesh/wire/feedforward";
import type { PeerMessage } from "@bellmesh/wire/link-layer";
import type { SlotsRequest } from "@bellmesh/wire/node-controller";
import { type Arm, type GenerateRequest, type GenerateResponse, SeriesEnd } from "@bellmesh/wire/physical-link";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ObservedLinkLayer } from "./observed-link-layer.ts";

const lineOfTwo = loadTopology("line:2");
const serving = (scheduler: Scheduler): Topology => {
  return { ...lineOfTwo, links: lineOfTwo.links.map((link) => ({ ...link, scheduler })) };
};
const NODES = ["n0", "n1"] as const;
const SLOTS = 2;
const MS = 1e6;

type At = 0 | 1;

interface Pair {
  readonly id: string;
  /** Incarnations of both ends when it was heralded. */
  readonly born: string;
}

interface UnderWay {
  readonly herald: Herald;
  readonly number: number;
  readonly stationIncarnation: number;
}

/** A request as its originator knows it. */
interface Asked {
  readonly createId: number;
  readonly pairs: number;
  oks: number;
}

/** One node's end: the machine, and what its memory and its network layer know. */
class Node {
  readonly at: At;
  incarnation = 1;
  layer: ObservedLinkLayer;
  asked: Asked[] = [];
  /** Slots lent to the link layer, and those that hold a half. */
  readonly lent = new Set<number>();
  readonly filled = new Set<number>();
  readonly oks = new Set<string>();
  readonly expired = new Set<string>();
  readonly missed = new Set<string>();

  constructor(at: At, topology: Topology) {
    this.at = at;
    this.layer = new ObservedLinkLayer(topology, NODES[at]);
  }

  holds(pair: string): boolean {
    return this.oks.has(pair) && !this.expired.has(pair);
  }

  /** What the machine has asked of its own node since. */
  pump(): void {
    for (let requests = this.layer.memory(); requests.length > 0; requests = this.layer.memory()) {
      for (const { message } of requests) this.#asked(message);
    }
    for (const { event, createId, originatedHere } of this.layer.events()) {
      if (event?.$case === "ok") {
        this.oks.add(event.ok.pair);
        const asked = originatedHere ? this.asked.find((one) => one.createId === createId) : undefined;
        if (originatedHere && !asked) throw new Error("an OK for a request that was cancelled");
        if (asked) asked.oks += 1;
      } else if (event?.$case === "expire") {
        const { stationIncarnation, sequenceLow, sequenceHigh } = event.expire;
        for (let sequence = sequenceLow; sequence < sequenceHigh; sequence += 1) {
          this.expired.add(pairId("n0-n1", stationIncarnation, sequence));
        }
      } else throw new Error("nothing has a time limit, and nothing is refused");
    }
    this.asked = this.asked.filter(({ pairs, oks }) => pairs === 0 || oks < pairs);
  }

  #asked(message: SlotsRequest["message"]): void {
    if (message?.$case === "attach") {
      for (let slot = 0; slot < SLOTS; slot += 1) this.#lend(slot);
    } else if (message?.$case === "occupied") {
      expect([...this.lent]).toContain(message.occupied.slot);
      this.lent.delete(message.occupied.slot);
      this.filled.add(message.occupied.slot);
    } else if (message?.$case === "missed") this.missed.add(message.missed.pair);
  }

  /** The halves held here are used up. */
  free(): void {
    for (const slot of [...this.filled]) {
      this.filled.delete(slot);
      this.#lend(slot);
    }
  }

  forgetSlots(): void {
    this.lent.clear();
    this.filled.clear();
  }

  #lend(slot: number): void {
    if (this.filled.has(slot) || this.lent.has(slot)) return;
    this.lent.add(slot);
    this.layer.grant(slot);
  }
}

interface Said {
  /** As the slave, which opens the streams, numbers them. */
  readonly stream: Stream;
  readonly content: PeerMessage["content"];
}

/** A station that is told when to succeed, and both nodes, with everything that is under way between the three. */
class Bench {
  readonly nodes: [Node, Node];
  readonly #topology: Topology;
  readonly pairs: Pair[] = [];
  #stationIncarnation = 1;
  #nextSequence = 1;
  readonly #arms: [Arm | undefined, Arm | undefined] = [undefined, undefined];
  readonly #toStation: [GenerateRequest[], GenerateRequest[]] = [[], []];
  readonly #fromStation: [GenerateResponse[], GenerateResponse[]] = [[], []];
  readonly #heralds: [UnderWay[], UnderWay[]] = [[], []];
  readonly #numbers: [number, number] = [0, 0];
  readonly #said: [Said[], Said[]] = [[], []];
  /** The stream the slave has open last, as either end numbers it. */
  #peerStream: { readonly atSlave: Stream; atMaster: Stream | undefined; broken: boolean } | undefined;
  /** Who does not know yet that it broke. */
  readonly #untold = new Set<At>();

  constructor(scheduler: Scheduler) {
    this.#topology = serving(scheduler);
    this.nodes = [new Node(0, this.#topology), new Node(1, this.#topology)];
    this.settle();
  }

  get armed(): readonly (number | undefined)[] {
    return this.#arms.map((arm) => arm?.queueId?.sequence);
  }

  /** Requests that have neither been cancelled nor got all their pairs. */
  get standing(): readonly Asked[] {
    return this.nodes.flatMap(({ asked }) => asked);
  }

  create(at: At, pairs: number, priority = 2): void {
    const { layer, asked } = this.nodes[at];
    asked.push({ createId: layer.created({ pairs, priority }), pairs, oks: 0 });
    this.#pump();
  }

  cancel(at: At, pick: number): void {
    const { layer, asked } = this.nodes[at];
    const [gone] = asked.splice(pick % Math.max(1, asked.length), 1);
    if (gone) expect(layer.cancel(gone.createId)).toEqual({});
    this.#pump();
  }

  trust(at: At, trusted: boolean): void {
    this.nodes[at].layer.trust(trusted ? 1 : 1e12);
    this.#pump();
  }

  free(at: At): void {
    this.nodes[at].free();
    this.#pump();
  }

  wait(ns: number): void {
    for (const { layer } of this.nodes) layer.advance(layer.now + ns);
    this.#pump();
  }

  // ——— The station ———

  /** The next command of an end comes to the station. */
  command(at: At): boolean {
    const command = this.#toStation[at].shift()?.command;
    if (command?.$case === "arm") this.#arm(at, command.arm);
    else if (command?.$case === "stop") this.#stop(at, command.stop.queueId?.sequence ?? 0);
    return command !== undefined;
  }

  answer(at: At): boolean {
    const response = this.#fromStation[at].shift();
    if (response) this.nodes[at].layer.fromStation(response);
    this.#pump();
    return response !== undefined;
  }

  /** Both ends have fired, and their photons were seen. */
  succeed(): boolean {
    const [first, second] = this.#arms;
    if (!first || !second) return false;
    expect(first.queueId).toEqual(second.queueId);
    const pairSequence = this.#nextSequence;
    const pair = pairId("n0-n1", this.#stationIncarnation, pairSequence);
    this.#nextSequence += 1;
    this.pairs.push({ id: pair, born: this.#incarnations() });
    for (const at of [0, 1] as const) {
      const arm = this.#arms[at] as Arm;
      this.#arms[at] = undefined;
      this.#numbers[at] += 1;
      const stationIncarnation = this.#stationIncarnation;
      const herald: Herald = {
        pair,
        queueId: arm.queueId,
        pairSequence,
        stationIncarnation,
        armedIncarnation: arm.incarnation,
        bellIndex: { x: true, z: false },
        cycle: Math.max(first.firstCycle, second.firstCycle),
        attempts: 1,
      };
      this.#heralds[at].push({ herald, number: this.#numbers[at], stationIncarnation });
    }
    return true;
  }

  /** One of the heralds under way to an end comes; it may come again. */
  herald(at: At, pick: number, again: boolean): boolean {
    const all = this.#heralds[at];
    const index = pick % Math.max(1, all.length);
    const one = all[index];
    if (!one) return false;
    if (!again) all.splice(index, 1);
    this.nodes[at].layer.herald(one.herald, one.number, { incarnation: one.stationIncarnation });
    this.#pump();
    return true;
  }

  /** The station gives up repeating a herald, which may come all the same, or not. */
  abandon(at: At, pick: number): void {
    const all = this.#heralds[at];
    const index = pick % Math.max(1, all.length);
    const one = all[index];
    if (!one || one.stationIncarnation !== this.#stationIncarnation) return;
    if (pick % 2 === 0) all.splice(index, 1);
    this.#tellEnd(at, one.herald.queueId?.sequence ?? 0, SeriesEnd.MISSED_HERALD);
  }

  breakStation(at: At): void {
    const { layer } = this.nodes[at];
    if (!layer.opened.has("physical-link/n0-n1")) return;
    this.#toStation[at].length = 0;
    this.#fromStation[at].length = 0;
    this.#arms[at] = undefined;
    layer.stationEnds();
    this.#pump();
  }

  restartStation(pick: number): void {
    for (const at of [0, 1] as const) {
      this.breakStation(at);
      // What was repeated is repeated no more: it comes, or is lost.
      if (pick % 2 === at) this.#heralds[at].length = 0;
      this.#numbers[at] = 0;
    }
    this.#stationIncarnation += 1;
    this.#nextSequence = 1;
  }

  // ——— The stream between the ends ———

  deliver(to: At): boolean {
    const said = this.#said[to].shift();
    const stream = this.#peerStream;
    if (!said) return false;
    if (!stream || stream.broken || said.stream !== stream.atSlave) return true;
    if (to === 0) {
      if (stream.atMaster === undefined) {
        this.#untold.delete(0); // it closes the former by itself
        stream.atMaster = this.nodes[0].layer.opensPeer("link-layer/n1");
      }
      this.nodes[0].layer.fromPeer(said.content, "n0-n1", stream.atMaster);
    } else this.nodes[1].layer.fromPeer(said.content);
    this.#pump();
    return true;
  }

  /** What is under way is lost; the ends hear of it later, each for itself. */
  breakPeer(): void {
    const stream = this.#peerStream;
    if (!stream || stream.broken) return;
    stream.broken = true;
    for (const said of this.#said) said.length = 0;
    this.#untold.add(1);
    if (stream.atMaster !== undefined) this.#untold.add(0);
  }

  /** An end hears that the stream has broken. */
  tellBroken(at: At): void {
    if (!this.#untold.delete(at)) return;
    this.nodes[at].layer.peerEnds();
    this.#pump();
  }

  /** The memory of a node starts anew. */
  restartMemory(at: At): void {
    const { layer } = this.nodes[at];
    if (!layer.opened.has(`node-controller/${layer.node}`)) return;
    this.nodes[at].forgetSlots();
    layer.memoryEnds();
    this.#pump();
  }

  /** A link layer starts anew; what was asked of its former self is gone. */
  restartLinkLayer(at: At): void {
    const node = this.nodes[at];
    this.breakStation(at);
    this.breakPeer();
    if (at === 1) this.#peerStream = undefined; // its later self numbers streams from 1 again
    this.#untold.delete(at);
    node.incarnation += 1;
    node.asked = [];
    node.forgetSlots();
    node.layer = new ObservedLinkLayer(this.#topology, NODES[at], node.incarnation, node.layer.now);
    node.layer.trust(1);
    this.#pump();
  }

  /** Everything under way arrives; the station has no success. */
  flow(): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (const at of [0, 1] as const) {
        moved = this.command(at) || moved;
        moved = this.answer(at) || moved;
        moved = this.deliver(at) || moved;
        moved = this.herald(at, 0, false) || moved;
      }
    }
  }

  /** Everything under way arrives, and everything broken is mended. */
  settle(rounds = 6): void {
    for (let round = 0; round < rounds; round += 1) {
      for (const at of [0, 1] as const) {
        this.tellBroken(at);
        this.trust(at, true);
        this.free(at);
      }
      this.flow();
      this.wait(100 * MS);
    }
  }

  /** Pairs that both ends have lived through. */
  lived(): Pair[] {
    const now = this.#incarnations();
    return this.pairs.filter(({ born }) => born === now);
  }

  #incarnations(): string {
    return this.nodes.map(({ incarnation }) => incarnation).join();
  }

  #arm(at: At, arm: Arm): void {
    this.#arms[at] = arm;
    if (arm.expectedSequence > 0 && arm.expectedSequence < this.#nextSequence) {
      this.#endArm(at, SeriesEnd.MISSED_HERALD);
    }
    const [first, second] = this.armed;
    if (first === undefined || second === undefined || first === second) return;
    for (const both of [0, 1] as const) this.#endArm(both, SeriesEnd.QUEUE_MISMATCH);
  }

  #stop(at: At, sequence: number): void {
    const [first, second] = this.armed;
    const inSeries = first !== undefined && second !== undefined;
    if (this.armed[at] !== sequence) this.#tellEnd(at, sequence, SeriesEnd.STOPPED);
    else for (const end of inSeries ? ([0, 1] as const) : [at]) this.#endArm(end, SeriesEnd.STOPPED);
  }

  #endArm(at: At, reason: SeriesEnd): void {
    const sequence = this.armed[at];
    this.#arms[at] = undefined;
    if (sequence !== undefined) this.#tellEnd(at, sequence, reason);
  }

  #tellEnd(at: At, sequence: number, reason: SeriesEnd): void {
    if (!this.nodes[at].layer.opened.has("physical-link/n0-n1")) return;
    this.#fromStation[at].push({
      link: "n0-n1",
      queueId: { queue: 0, sequence },
      reason,
      attempts: 0,
      nextSequence: this.#nextSequence,
      incarnation: this.#stationIncarnation,
    });
  }

  /** Takes what both machines have asked for, and puts it on its way. */
  #pump(): void {
    for (const at of [0, 1] as const) {
      const { layer } = this.nodes[at];
      this.nodes[at].pump();
      this.#toStation[at].push(...layer.commands());
      const opened = layer.opened.get("link-layer/n0");
      if (at === 1 && opened !== undefined && opened !== this.#peerStream?.atSlave) {
        this.#peerStream = { atSlave: opened, atMaster: undefined, broken: false };
      }
      const stream = this.#peerStream;
      for (const { content } of layer.toPeer()) {
        // What the master says on a former stream is lost, too.
        const isHeard = stream && !stream.broken && (at === 1 || stream.atMaster !== undefined);
        if (isHeard) this.#said[at === 0 ? 1 : 0].push({ stream: stream.atSlave, content });
      }
      for (const { status } of layer.closed()) expect(status.reason).toBe("SUPERSEDED");
    }
  }
}

type Happening = (bench: Bench, at: At, pick: number) => void;

/** What may happen, by how often. */
const happenings: Readonly<Record<string, readonly [number, Happening]>> = {
  create: [6, (bench, at, pick) => bench.create(at, pick % 4, pick % 3)],
  cancel: [2, (bench, at, pick) => bench.cancel(at, pick)],
  command: [12, (bench, at) => bench.command(at)],
  answer: [12, (bench, at) => bench.answer(at)],
  deliver: [12, (bench, at) => bench.deliver(at)],
  "everything is mended": [4, (bench) => bench.settle(1)],
  "everything under way comes": [10, (bench) => bench.flow()],
  succeed: [24, (bench) => bench.succeed()],
  herald: [16, (bench, at, pick) => bench.herald(at, pick, false)],
  "herald again": [2, (bench, at, pick) => bench.herald(at, pick, true)],
  abandon: [2, (bench, at, pick) => bench.abandon(at, pick)],
  free: [12, (bench, at) => bench.free(at)],
  distrust: [1, (bench, at) => bench.trust(at, false)],
  trust: [4, (bench, at) => bench.trust(at, true)],
  wait: [12, (bench, _at, pick) => bench.wait(pick % 2 === 0 ? 100 * MS : MS)],
  "break the peer's stream": [1, (bench) => bench.breakPeer()],
  "tell of the break": [6, (bench, at) => bench.tellBroken(at)],
  "break the station's stream": [1, (bench, at) => bench.breakStation(at)],
  "restart the station": [1, (bench, _at, pick) => bench.restartStation(pick)],
  "restart the memory": [1, (bench, at) => bench.restartMemory(at)],
  "restart a link layer": [1, (bench, at, pick) => pick % 2 === 0 && bench.restartLinkLayer(at)],
};

const history = fc.array(
  fc.record({
    what: fc.oneof(...Object.entries(happenings).map(([what, [weight]]) => ({ weight, arbitrary: fc.constant(what) }))),
    at: fc.constantFrom<At>(0, 1),
    pick: fc.nat(30),
  }),
  { maxLength: 250, size: "max" },
);

function run(scheduler: Scheduler, steps: readonly { what: string; at: At; pick: number }[]): Bench {
  const bench = new Bench(scheduler);
  bench.create(0, 0);
  bench.settle();
  for (const { what, at, pick } of steps) happenings[what]?.[1](bench, at, pick);
  return bench;
}

describe.each([
  ["fcfs", [300, 200]],
  ["strict-priority", [150, 100]],
] as const)("Whatever happens between two ends of a link that serves %s", (scheduler, runs) => {
  test("a pair is held at both ends or void at both, and whoever does not hold it has told its memory", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const bench = run(scheduler, steps);
        bench.settle();
        const [first, second] = bench.nodes;
        for (const { id } of bench.lived()) {
          expect(`${id} ${first.holds(id)}`).toBe(`${id} ${second.holds(id)}`);
          for (const { oks, missed } of bench.nodes) expect([id, oks.has(id) || missed.has(id)]).toEqual([id, true]);
        }
      }),
      { numRuns: runs[0] },
    );
  });

  test("both ends arm the same request as soon as they can, and every request gets its pairs in the end", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const bench = run(scheduler, steps);
        for (let successes = 0; bench.standing.length > 0 && successes < 1000; successes += 1) {
          bench.settle();
          if (bench.standing.length === 0) break;
          expect(bench.succeed(), `${bench.standing.length} stand, armed ${bench.armed}`).toBe(true);
          for (const at of [0, 1] as const) {
            for (const { pairs, createId } of bench.nodes[at].asked) {
              if (pairs === 0) bench.nodes[at].layer.cancel(createId);
            }
            bench.nodes[at].asked = bench.nodes[at].asked.filter(({ pairs }) => pairs > 0);
          }
        }
        bench.settle();
        expect(bench.standing).toEqual([]);
        expect(bench.armed).toEqual([undefined, undefined]);
      }),
      { numRuns: runs[1] },
    );
  });
});

test("Both ends serve a request of higher priority between the pairs of another, and then go on with that", () => {
  const bench = new Bench("strict-priority");
  const arm = () => {
    bench.settle();
    return bench.armed;
  };
  bench.create(0, 3, 0);
  expect(arm()).toEqual([1, 1]);
  bench.succeed();
  expect(arm()).toEqual([1, 1]);
  bench.create(1, 1, 2);
  expect(arm()).toEqual([2, 2]);
  bench.succeed();
  expect(arm()).toEqual([1, 1]);
  for (const _ of [0, 1]) {
    bench.succeed();
    bench.settle();
  }
  expect(bench.standing).toEqual([]);
});
