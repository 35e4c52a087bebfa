import { loadTopology, type Scheduler } from "@bellmesh/topology";
import { instant } from "@bellmesh/wire";
import { type CreateRequest, ErrorCode, RequestType } from "@bellmesh/wire/link-layer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QUEUE_ITEMS_MAX } from "./create-queue.ts";
import { DistributedQueue, type PeerContent } from "./distributed-queue.ts";
import { FidelityEstimation } from "./fidelity-estimation.ts";

const topology = loadTopology("line:2");
const [link] = topology.links;
if (!link) throw new Error("line:2 has a link");
const estimation = new FidelityEstimation(topology, link, true);

const request: CreateRequest = {
  link: "n0-n1",
  purposeId: 7,
  pairs: 0,
  minFidelity: undefined,
  maxTimeNs: 0,
  type: RequestType.KEEP,
  priority: 2,
};

/** Both ends of a queue, and what is under way between them on a stream that keeps order. */
class TwoEnds {
  now = 0;
  readonly queues: readonly [DistributedQueue, DistributedQueue];
  readonly pipes: [PeerContent[], PeerContent[]] = [[], []];
  readonly removed: { at: 0 | 1; createId: number; mine: boolean; reason: ErrorCode }[] = [];
  readonly ended = [new Set<number>(), new Set<number>()] as const;
  isUp = false;
  #lastCreateId = 0;

  constructor(scheduler: Scheduler = "fcfs") {
    const end = (isMaster: boolean) => new DistributedQueue(isMaster, estimation, scheduler);
    this.queues = [end(true), end(false)];
  }

  connect(): void {
    if (this.isUp) return;
    this.isUp = true;
    this.#send(1, this.queues[1].connected(instant(this.now), 1));
    this.#send(0, this.queues[0].connected(instant(this.now), 1));
  }

  /** What is under way is lost. */
  disconnect(): void {
    if (!this.isUp) return;
    this.isUp = false;
    for (const at of [0, 1] as const) {
      this.pipes[at].length = 0;
      this.queues[at].disconnected();
    }
  }

  add(at: 0 | 1, some: Partial<CreateRequest> = {}): number {
    this.#lastCreateId += 1;
    this.#send(at, this.queues[at].add(instant(this.now), this.#lastCreateId, { ...request, ...some }));
    return this.#lastCreateId;
  }

  end(at: 0 | 1, createId: number, reason: ErrorCode = ErrorCode.UNSPECIFIED): boolean {
    const item = this.queues[at].own(createId);
    if (!item) return false;
    this.ended[at].add(createId);
    this.#send(at, this.queues[at].end(item, reason));
    return true;
  }

  timeOut(at: 0 | 1): number[] {
    return this.queues[at].timedOut(instant(this.now)).map((item) => {
      this.#send(at, this.queues[at].end(item, ErrorCode.TIMEOUT));
      return item.createId;
    });
  }

  /** The next message on its way to this end comes. @returns false when there is none */
  deliver(to: 0 | 1): boolean {
    const content = this.pipes[to].shift();
    if (!content) return false;
    const { replies, removed } = this.queues[to].receive(instant(this.now), content);
    this.#send(to, replies);
    if (removed) {
      const { createId, originatedHere: mine } = removed.item;
      this.removed.push({ at: to, createId, mine, reason: removed.reason });
      if (mine) this.ended[to].add(createId);
    }
    return true;
  }

  settle(): void {
    this.connect();
    while (this.deliver(0) || this.deliver(1));
  }

  /** Requests in order, by their places. */
  places(at: 0 | 1): [number, number][] {
    return this.queues[at].placed.items().map(({ queueSequence, createId }) => [queueSequence, createId]);
  }

  /** The requests in order, by their originators' numbers. */
  order(at: 0 | 1): number[] {
    return this.places(at).map(([, createId]) => createId);
  }

  heads(): (number | undefined)[] {
    return this.queues.map((queue) => queue.placed.head()?.createId);
  }

  #send(from: 0 | 1, contents: readonly PeerContent[]): void {
    if (this.isUp) this.pipes[1 - from]?.push(...contents);
    else expect(contents).toEqual([]);
  }
}

function connected(scheduler?: Scheduler): TwoEnds {
  const ends = new TwoEnds(scheduler);
  ends.settle();
  return ends;
}

describe("A distributed queue", () => {
  test("is ordered by the master: its own requests as they come, the slave's as they arrive", () => {
    const ends = connected();
    ends.add(1);
    ends.add(0);
    ends.add(1);
    ends.settle();
    expect(ends.order(0)).toEqual([2, 1, 3]);
    expect(ends.places(1)).toEqual(ends.places(0));
  });

  test("does not serve what only one end has: the master waits for the answer, the slave for its place", () => {
    const ends = connected();
    ends.add(0);
    expect(ends.heads()).toEqual([undefined, undefined]);
    ends.deliver(1);
    expect(ends.heads()).toEqual([undefined, 1]);
    ends.deliver(0);
    expect(ends.heads()).toEqual([1, 1]);
    const slave = connected();
    slave.add(1);
    slave.deliver(0);
    expect(slave.heads()).toEqual([1, undefined]);
    slave.deliver(1);
    expect(slave.heads()).toEqual([1, 1]);
  });

  test("serves nothing before what the master has placed earlier, or the ends would serve different requests", () => {
    const ends = connected();
    ends.add(0);
    ends.add(1);
    ends.deliver(0);
    expect(ends.order(0)).toEqual([1, 2]);
    expect(ends.heads()).toEqual([undefined, undefined]);
    ends.settle();
    expect(ends.heads()).toEqual([1, 1]);
  });

  test("takes a request out at both ends, from whichever end and however far it had got", () => {
    for (const at of [0, 1] as const) {
      for (const delivered of [0, 1, 2]) {
        const ends = connected();
        const createId = ends.add(at);
        if (delivered > 0) ends.deliver(at === 0 ? 1 : 0);
        if (delivered > 1) ends.deliver(at);
        expect(ends.end(at, createId)).toBe(true);
        expect(ends.queues[at].own(createId)).toBeUndefined();
        ends.settle();
        expect([ends.order(0), ends.order(1)]).toEqual([[], []]);
        expect(ends.removed.filter(({ mine }) => mine)).toEqual([]);
      }
    }
  });

  test("ends a request that both ends take out at the same time once", () => {
    const ends = connected();
    ends.add(0, { maxTimeNs: 1e9 });
    ends.settle();
    ends.now = 2e9;
    expect([ends.timeOut(0), ends.timeOut(1)]).toEqual([[1], [1]]);
    ends.settle();
    expect(ends.removed).toEqual([]);
    expect([ends.order(0), ends.order(1)]).toEqual([[], []]);
  });

  test("tells the originator why the peer refused", () => {
    const ends = connected();
    ends.add(1, { minFidelity: 1 });
    ends.add(0, { minFidelity: 1 });
    ends.settle();
    expect(ends.removed).toEqual([
      { at: 0, createId: 2, mine: true, reason: ErrorCode.UNSUPP },
      { at: 1, createId: 1, mine: true, reason: ErrorCode.UNSUPP },
    ]);
    expect([ends.order(0), ends.order(1)]).toEqual([[], []]);
  });

  test("says nothing of a refusal when the request has been cancelled meanwhile", () => {
    for (const at of [0, 1] as const) {
      const ends = connected();
      ends.end(at, ends.add(at, { minFidelity: 1 }));
      ends.settle();
      expect(ends.removed).toEqual([]);
    }
  });

  test("holds 256 requests, and refuses the slave's next with NORES", () => {
    const ends = connected();
    for (let count = 0; count < QUEUE_ITEMS_MAX; count += 1) ends.add(0);
    expect(ends.queues[0].isFull).toBe(true);
    ends.add(1);
    ends.settle();
    expect(ends.removed).toEqual([{ at: 1, createId: 257, mine: true, reason: ErrorCode.NORES }]);
    expect(ends.order(1).length).toBe(QUEUE_ITEMS_MAX);
  });

  test("refuses what the master would give a place that is taken, or none", () => {
    const [, slave] = connected().queues;
    const add = (communicationSequence: number, queueSequence: number): PeerContent => ({
      $case: "add",
      add: { communicationSequence, queueSequence, createId: 1, create: request },
    });
    const rejected = [add(1, 0), add(2, 5), add(3, 5)].map((content) => {
      const [reply] = slave.receive(instant(0), content).replies;
      return reply?.$case === "addResult" ? reply.addResult.rejected : undefined;
    });
    expect(rejected).toEqual([ErrorCode.OTHER, ErrorCode.UNSPECIFIED, ErrorCode.OTHER]);
  });
});

describe("By strict priority", () => {
  const served = (scheduler: Scheduler, priorities: readonly number[]) => {
    const ends = connected(scheduler);
    for (const [place, priority] of priorities.entries()) ends.add(place % 2 === 0 ? 0 : 1, { priority });
    ends.settle();
    return priorities.map(() => {
      const [first, second] = ends.heads();
      expect(first).toBe(second);
      for (const at of [0, 1] as const) ends.end(at, first ?? 0);
      ends.settle();
      return first;
    });
  };

  test("the highest goes first, and among those of one priority the first", () => {
    expect(served("strict-priority", [0, 2, 1, 2, 0, 1])).toEqual([2, 4, 3, 6, 1, 5]);
  });

  test("requests of one priority are served as they come", () => {
    expect(served("strict-priority", [1, 1, 1, 1])).toEqual(served("fcfs", [1, 1, 1, 1]));
  });

  test("first come, first served, whatever the priority, is what a link does that says nothing else", () => {
    const ends = connected();
    for (const priority of [0, 7]) ends.add(0, { priority });
    ends.settle();
    expect(ends.heads()).toEqual([1, 1]);
  });

  test("a request takes the place of one under way, and an end that waits for an answer serves nothing", () => {
    const ends = connected("strict-priority");
    ends.add(0, { priority: 1 });
    ends.settle();
    ends.add(0, { priority: 2 });
    expect(ends.heads()).toEqual([undefined, 1]);
    ends.deliver(1);
    expect(ends.heads()).toEqual([undefined, 2]);
    ends.deliver(0);
    expect(ends.heads()).toEqual([2, 2]);
    ends.end(0, 2);
    ends.settle();
    expect(ends.heads()).toEqual([1, 1]);
  });

  test("one that is lower waits, agreed on or not", () => {
    const ends = connected("strict-priority");
    ends.add(1, { priority: 1 });
    ends.settle();
    ends.add(0, { priority: 0 });
    expect(ends.heads()).toEqual([1, 1]);
    ends.settle();
    expect(ends.heads()).toEqual([1, 1]);
  });
});

describe("When the stream breaks", () => {
  test("each end forgets the peer's requests and offers its own again, those that were agreed first", () => {
    const ends = connected();
    ends.add(0);
    ends.add(1);
    ends.settle();
    ends.add(1);
    ends.deliver(0);
    ends.add(1);
    ends.disconnect();
    ends.add(1);
    expect([ends.order(0), ends.order(1)]).toEqual([[], []]);
    ends.connect();
    expect(ends.heads()).toEqual([undefined, undefined]);
    ends.settle();
    expect(ends.order(1).filter((createId) => createId !== 1)).toEqual([2, 3, 4, 5]);
    expect(ends.places(0)).toEqual(ends.places(1));
    expect(ends.order(0)).toContain(1);
  });

  test("the pairs and the time that are left are offered, not those asked for first", () => {
    const ends = connected();
    ends.add(0, { pairs: 10, maxTimeNs: 5e9 });
    ends.settle();
    const [item] = ends.queues[0].placed.items();
    if (!item) throw new Error("it is in the queue");
    item.remaining = 4;
    ends.now = 2e9;
    ends.disconnect();
    ends.now = 3e9;
    ends.settle();
    const [peers] = ends.queues[1].placed.items();
    expect(peers).toMatchObject({ remaining: 4, timeoutAt: 5e9, create: { pairs: 4, maxTimeNs: 2e9 } });
  });

  test("what has been cancelled is not offered again", () => {
    const ends = connected();
    const [first, second, third] = [ends.add(1), ends.add(1), ends.add(1)];
    ends.end(1, first);
    ends.disconnect();
    ends.end(1, second);
    ends.settle();
    expect([ends.order(0), ends.order(1)]).toEqual([[third], [third]]);
  });

  test("time runs out all the same", () => {
    const ends = connected();
    ends.disconnect();
    ends.add(1, { maxTimeNs: 1e9 });
    ends.add(1, { maxTimeNs: 3e9 });
    expect(ends.queues[1].nextTimeout()).toBe(1e9);
    ends.now = 1e9;
    expect(ends.timeOut(1)).toEqual([1]);
    expect(ends.queues[1].nextTimeout()).toBe(3e9);
    ends.settle();
    expect(ends.order(0)).toEqual([2]);
  });
});

const happening = fc.record({
  what: fc.constantFrom("add", "add", "deliver", "deliver", "deliver", "deliver", "end", "break", "connect", "wait"),
  at: fc.constantFrom<0 | 1>(0, 1),
  pick: fc.nat(100),
});

const schedulers = ["fcfs", "strict-priority"] as const;
const requests = "Under any interleaving of requests, ends, timeouts and breaks";

test.each(schedulers)(
  `${requests} a request has the same place at both ends, and is served by both: %s`,
  (scheduler) => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 20, maxLength: 150 }), (happenings) => {
        const ends = connected(scheduler);
        const standing = [new Set<number>(), new Set<number>()] as const;
        for (const { what, at, pick } of happenings) {
          if (what === "add")
            standing[at].add(ends.add(at, { priority: pick % 5, ...(pick % 3 === 0 && { maxTimeNs: 3e6 }) }));
          else if (what === "deliver") ends.deliver(at);
          else if (what === "end") ends.end(at, [...standing[at]][pick % Math.max(1, standing[at].size)] ?? 0);
          else if (what === "break" && pick % 5 === 0) ends.disconnect();
          else if (what === "connect") ends.connect();
          else if (what === "wait") {
            ends.now += 1e6;
            for (const end of [0, 1] as const) {
              for (const createId of ends.timeOut(end)) ends.ended[end].add(createId);
            }
          }
          const placeOf = new Map(ends.places(0).map(([place, createId]) => [createId, place]));
          for (const [place, createId] of ends.places(1)) expect(placeOf.get(createId) ?? place).toBe(place);
          for (const end of [0, 1] as const) {
            const places = ends.places(end).map(([place]) => place);
            expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
          }
        }
        ends.settle();
        expect(ends.places(1)).toEqual(ends.places(0));
        const left = [0, 1].flatMap((end) => [...(standing[end] ?? [])].filter((id) => !ends.ended[end]?.has(id)));
        expect(ends.order(0).sort((one, other) => one - other)).toEqual(left.sort((one, other) => one - other));
        expect(ends.heads()[0]).toBe(ends.heads()[1]);
      }),
      { numRuns: 500 },
    );
  },
);
