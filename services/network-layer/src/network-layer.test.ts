import { phiPlus } from "@bellmesh/bell";
import type { Address, AnyMethod, Call, Effect, Input, Machine, Status, Stream } from "@bellmesh/mesh";
import { Code } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { type Instant, subjects } from "@bellmesh/wire";
import { Feedforward } from "@bellmesh/wire/feedforward";
import { type CreateRequest, type EventsResponse, RequestType } from "@bellmesh/wire/link-layer";
import { MissPolicy, type Path, type SubmitRequest } from "@bellmesh/wire/network-layer";
import { EndReason, HalfEnd, type HalvesRequest, type HalvesResponse } from "@bellmesh/wire/node-controller";
import { describe, expect, test } from "vitest";
import { linkLayerMethods, memoryMethods, networkLayerMethods } from "./methods.ts";
import { service } from "./service.ts";

type Order = NonNullable<HalvesRequest["message"]>;

/** One network layer, with what it did since the last look. */
class Node {
  readonly name: string;
  readonly machine: Machine;
  now = 0 as Instant;
  log: Effect[] = [];
  /** Streams this machine has opened, by method path and address. */
  readonly opened = new Map<string, Stream>();
  #nextServed = 2;
  #nextCall = 1;

  constructor(topology: Topology, name: string, incarnation = 1) {
    this.name = name;
    this.machine = service.start({ config: { topology }, place: name, entropy: new SeededEntropy(1) });
    this.step({ kind: "started", incarnation, recovered: new Map() });
  }

  step(input: Input): readonly Effect[] {
    const effects = this.machine.step(this.now, input);
    for (const effect of effects) {
      if (effect.kind === "open-stream") this.opened.set(`${effect.method.path} ${effect.to}`, effect.stream);
    }
    this.log.push(...effects);
    return effects;
  }

  /** Opens a stream to this node. */
  accept(method: AnyMethod, from: Address): Stream {
    const stream = this.#nextServed as Stream;
    this.#nextServed += 2;
    this.step({ kind: "stream-opened", stream, method, request: undefined, from });
    return stream;
  }

  item(stream: Stream, method: AnyMethod, item: unknown): readonly Effect[] {
    return this.step({ kind: "stream-item", stream, method, item });
  }

  call(method: AnyMethod, request: unknown, from: Address): readonly Effect[] {
    const call = this.#nextCall as Call;
    this.#nextCall += 1;
    return this.step({ kind: "call", call, method, request, from, deadline: undefined, reading: undefined });
  }

  submit(to: string, more: Partial<SubmitRequest> = {}, from: Address = `node-controller/${this.name}`) {
    const request: SubmitRequest = {
      requestId: `${this.name}/1/1`,
      to,
      pairs: 2,
      minFidelity: undefined,
      maxTimeNs: 0,
      missPolicy: MissPolicy.UNSPECIFIED,
      graceNs: 0,
      finalState: undefined,
      hold: false,
      ...more,
    };
    return this.call(networkLayerMethods.submit, request, from);
  }

  linkOk(link: string, sequence: number, purposeId: number, originatedHere = false): readonly Effect[] {
    const ok = {
      pair: `${link}/1/${sequence}`,
      bellIndex: phiPlus,
      goodness: { x: 1, y: 1, z: 1, relaxed: undefined },
      emittedAt: this.now,
    };
    const event: EventsResponse["event"] = { $case: "ok", ok: { ...ok, remoteNode: "" } };
    const item: EventsResponse = { sequence, link, createId: 9, purposeId, originatedHere, event };
    return this.item(this.stream(linkLayerMethods.events, `link-layer/${this.name}`), linkLayerMethods.events, item);
  }

  /** This node's quantum memory says something. */
  memory(message: NonNullable<HalvesResponse["message"]>): readonly Effect[] {
    const { halves } = memoryMethods;
    return this.item(this.stream(halves, `node-controller/${this.name}`), halves, { message });
  }

  /** It has carried out what it was last asked to have carried out. */
  settled(): readonly Effect[] {
    const asked = this.orders().findLast((order) => order.$case === "settle");
    if (asked?.$case !== "settle") throw new Error("the memory was not asked");
    return this.memory({ $case: "settled", settled: asked.settle });
  }

  stream(method: AnyMethod, to: string): Stream {
    return this.opened.get(`${method.path} ${to}`) as Stream;
  }

  ended(stream: Stream, method: AnyMethod, code: Code = Code.UNAVAILABLE): readonly Effect[] {
    return this.step({ kind: "stream-ended", stream, method, status: { code, message: "gone" } });
  }

  timer(timer: string, now: number): readonly Effect[] {
    this.now = now as Instant;
    return this.step({ kind: "timer", timer, due: this.now, reading: undefined });
  }

  /** What the memory was ordered to do; on whose behalf a stream is opened is no order. */
  orders(): Order[] {
    const halves = memoryMethods.halves.path;
    const open = [...this.opened].filter(([key]) => key.startsWith(halves)).map(([, stream]) => stream);
    const sent = this.log.flatMap((one) =>
      one.kind === "send" && open.includes(one.stream) ? [(one.item as HalvesRequest).message as Order] : [],
    );
    return sent.filter(({ $case }) => $case !== "attach");
  }

  recorded(): string[] {
    return this.log.flatMap((one) => (one.kind === "record" ? [one.event.$case] : []));
  }

  circuits(): { circuit: string; state: string; activeRequests: number }[] {
    const [answer] = this.call(networkLayerMethods.listCircuits, {}, "cli/here");
    if (answer?.kind !== "respond") throw new Error("no list");
    return (answer.response as { circuits: { circuit: string; state: string; activeRequests: number }[] }).circuits;
  }

  /** CREATEs and cancels asked of the link layer. */
  calls(method: AnyMethod): unknown[] {
    return this.log.flatMap((one) => (one.kind === "call" && one.method === method ? [one.request] : []));
  }
}

function refusalOf(effects: readonly Effect[]): Status {
  const [answer] = effects;
  if (answer?.kind !== "fail" && answer?.kind !== "close") throw new Error(`no refusal but ${answer?.kind}`);
  return answer.status;
}

/** The first TRACK of each of two neighbours reaches the other. */
function exchangeTracks(one: Node, other: Node): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const sent = from.log.find((effect) => effect.kind === "publish" && effect.subject.endsWith("track"));
    if (sent?.kind !== "publish") throw new Error("no TRACK");
    to.step({ kind: "message", subject: sent.subject, type: Feedforward, message: sent.message });
  }
}

/** n0 — n1 — n2 — n3 joined by their signalling streams; nothing else is joined. */
class Line {
  readonly topology: Topology;
  readonly nodes: Node[];
  readonly #joins: { from: Node; to: Node; up: Stream; down: Stream }[] = [];
  #seen = new Map<Node, number>();

  constructor(count: number, topology = loadTopology(`line:${count}`)) {
    this.topology = topology;
    this.nodes = Array.from({ length: count }, (_, at) => new Node(topology, `n${at}`));
    for (const from of this.nodes) {
      for (const to of this.nodes) {
        const up = from.stream(networkLayerMethods.signal, `network-layer/${to.name}`);
        if (up === undefined) continue;
        const down = to.accept(networkLayerMethods.signal, `network-layer/${from.name}`);
        this.#joins.push({ from, to, up, down });
      }
    }
    this.settle();
  }

  node(at: number): Node {
    return this.nodes[at] as Node;
  }

  /** Carries signalling until there is none; returns the kinds of messages in order, as "n0>n1 path". */
  settle(): string[] {
    const carried: string[] = [];
    for (let moved = true; moved; ) {
      moved = false;
      for (const node of this.nodes) {
        const start = this.#seen.get(node) ?? 0;
        const end = node.log.length;
        this.#seen.set(node, end);
        for (const effect of node.log.slice(start, end)) {
          if (effect.kind !== "send") continue;
          for (const { from, to, up, down } of this.#joins) {
            const target =
              node === from && effect.stream === up ? to : node === to && effect.stream === down ? from : undefined;
            if (!target) continue;
            moved = true;
            const stream = target === to ? down : up;
            const kind = (effect.item as { message?: { $case: string } }).message?.$case;
            if (kind !== "hello") carried.push(`${node.name}>${target.name} ${kind}`);
            target.item(stream, networkLayerMethods.signal, effect.item);
          }
        }
      }
    }
    return carried;
  }

  /** n1 and n2 do not hear of each other any more. */
  cut(one: Node, other: Node): void {
    for (const { from, to, up, down } of this.#joins) {
      if (!((from === one && to === other) || (from === other && to === one))) continue;
      from.ended(up, networkLayerMethods.signal);
      to.ended(down, networkLayerMethods.signal);
    }
  }
}

/** Two neighbours that have both ordered the one pair of a request to be delivered. */
function ordered() {
  const line = new Line(2);
  const [head, tail] = [line.node(0), line.node(1)];
  head.submit("n1", { pairs: 1 });
  line.settle();
  const { purposeId } = (head.calls(linkLayerMethods.create) as CreateRequest[])[0] as CreateRequest;
  head.linkOk("n0-n1", 1, purposeId);
  tail.linkOk("n0-n1", 1, purposeId);
  exchangeTracks(head, tail);
  return { line, head, tail, purposeId };
}

describe("A circuit", () => {
  test("is installed hop by hop: PATH down, RESV up, then FORWARD; every node creates the pairs below it", () => {
    const line = new Line(4);
    line.node(0).submit("n3");
    expect(line.settle()).toEqual([
      "n0>n1 path",
      "n1>n2 path",
      "n2>n3 path",
      "n3>n2 resv",
      "n2>n1 resv",
      "n1>n0 resv",
      "n0>n1 forward",
      "n1>n2 forward",
      "n2>n3 forward",
    ]);
    for (const node of line.nodes) {
      expect(node.circuits()).toMatchObject([{ circuit: "n0/1/1", state: "installed", activeRequests: 1 }]);
      const creates = node.calls(linkLayerMethods.create) as CreateRequest[];
      expect(creates.map(({ link, pairs, type }) => [link, pairs, type])).toEqual(
        node.name === "n3" ? [] : [[`${node.name}-n${Number(node.name[1]) + 1}`, 0, RequestType.KEEP]],
      );
    }
  });

  test("is shared by requests of the same kind, and by no others", () => {
    const line = new Line(3, { ...loadTopology("line:3") });
    line.node(0).submit("n2");
    line.settle();
    line.node(0).submit("n2", { requestId: "n0/1/2" });
    expect(line.settle()).toEqual(["n0>n1 forward", "n1>n2 forward"]);
    line.node(0).submit("n2", { requestId: "n0/1/3", minFidelity: 0.9 });
    expect(line.settle().filter((message) => message.endsWith("path"))).toEqual(["n0>n1 path", "n1>n2 path"]);
  });

  test("has labels that never clash, whichever way it leads", () => {
    const line = new Line(3);
    line.node(0).submit("n2");
    line.node(2).submit("n0");
    line.settle();
    const labelled = line.nodes.flatMap((node) => node.calls(linkLayerMethods.create) as CreateRequest[]);
    const labels = labelled.map(({ link, purposeId }) => `${link} ${purposeId % 2 === 0 ? "even" : "odd"}`);
    expect(labels.sort()).toEqual(["n0-n1 even", "n0-n1 odd", "n1-n2 even", "n1-n2 odd"]);
  });

  test("asks every link with its requests' priority, or the network layer's; requests of another have another", () => {
    const line = new Line(3);
    line.node(0).submit("n2", { requestId: "usual" });
    line.node(0).submit("n2", { requestId: "low", priority: 0 });
    line.settle();
    const creates = line.nodes.flatMap((node) => node.calls(linkLayerMethods.create) as CreateRequest[]);
    const asked = creates.map(({ link, priority }) => `${link} ${priority}`);
    expect(asked.sort()).toEqual(["n0-n1 0", "n0-n1 2", "n1-n2 0", "n1-n2 2"]);
  });

  test("is refused by a node the path does not fit, and the application hears where and why", () => {
    const line = new Line(3);
    const other = new Node(loadTopology("star:4"), "n1");
    const down = other.accept(networkLayerMethods.signal, "network-layer/n0");
    const path: Path = {
      circuit: "n0/1/1",
      nodes: ["n0", "n1", "n2"],
      links: ["n0-n1", "n1-n2"],
      minLinkFidelity: undefined,
      cutoffNs: 0,
      linkLabel: 2,
    };
    const [answer] = other.item(down, networkLayerMethods.signal, { message: { $case: "path", path } });
    const resv = { circuit: "n0/1/1", refusal: "there is no link n1-n2 between n1 and n2", refusedBy: "n1" };
    expect(answer).toMatchObject({ kind: "send", item: { message: { $case: "resv", resv } } });
    const head = line.node(0);
    head.submit("n2");
    const up = head.stream(networkLayerMethods.signal, "network-layer/n1");
    head.item(up, networkLayerMethods.signal, { message: { $case: "resv", resv } });
    expect(head.orders().at(-1)).toMatchObject({
      endRequest: { reason: EndReason.REFUSED, message: "n1: there is no link n1-n2 between n1 and n2" },
    });
  });

  test.each([
    ["from a neighbour it does not lead over", { nodes: ["n2", "n1", "n0"] }],
    ["that leads through a node twice", { nodes: ["n0", "n1", "n0"], links: ["n0-n1", "n0-n1"] }],
    ["with a link too few", { links: ["n0-n1"] }],
    ["that does not lead here", { nodes: ["n0", "n2", "n1"].slice(0, 2) }],
    ["without a label", { linkLabel: 0 }],
    ["of a priority beyond 7", { priority: 8 }],
  ] as const)("is refused when its PATH is one %s", (_, more) => {
    const node = new Node(loadTopology("line:3"), "n1");
    const down = node.accept(networkLayerMethods.signal, "network-layer/n0");
    const path = { circuit: "x/1/1", nodes: ["n0", "n1", "n2"], links: ["n0-n1", "n1-n2"], cutoffNs: 0, linkLabel: 2 };
    const effects = node.item(down, networkLayerMethods.signal, {
      message: { $case: "path", path: { ...path, ...more } },
    });
    expect(effects).toMatchObject([{ kind: "send", item: { message: { resv: { refusedBy: "n1" } } } }]);
    expect(node.circuits()).toEqual([]);
  });

  test("is torn down everywhere when two neighbours lose each other, and installed anew a second later", () => {
    const line = new Line(4);
    line.node(0).submit("n3");
    line.settle();
    line.cut(line.node(1), line.node(2));
    expect(line.settle()).toEqual(["n1>n0 teardown", "n2>n3 teardown"]);
    for (const node of line.nodes) {
      expect(node.circuits()).toMatchObject([{ circuit: "n0/1/1", state: "closing", activeRequests: 0 }]);
      expect(node.recorded().at(-1)).toBe("circuitTornDown");
    }
    const [again] = line.node(0).timer("install", 1e9);
    expect(again).toMatchObject({ kind: "send", item: { message: { path: { circuit: "n0/1/2" } } } });
  });

  test("whose PATH was never answered is asked for again under the same name", () => {
    const node = new Node(loadTopology("line:3"), "n0");
    node.submit("n2");
    const [again] = node.timer("install", 1e9);
    expect(again).toMatchObject({ kind: "send", item: { message: { path: { circuit: "n0/1/1" } } } });
  });

  test("that nobody wanted for a while is pursued again for the next request", () => {
    const node = new Node(loadTopology("line:3"), "n0");
    node.submit("n2", { maxTimeNs: 500_000_000 });
    node.now = 500_000_000 as Instant;
    node.timer("request:n0/1/1", node.now);
    expect(node.timer("install", 1e9)).toEqual([]);
    const effects = node.submit("n2", { requestId: "n0/1/2" });
    expect(effects.map(({ kind }) => kind)).toContain("set-timer");
    const [again] = node.timer("install", 2e9);
    expect(again).toMatchObject({ kind: "send", item: { message: { path: { circuit: "n0/1/1" } } } });
  });

  test("closed at a node while its PATH was on the way is answered with a teardown", () => {
    const line = new Line(3);
    line.node(0).submit("n2");
    line.settle();
    line.cut(line.node(1), line.node(2));
    line.node(0).log = [];
    const down = line.node(1).accept(networkLayerMethods.signal, "network-layer/n0");
    const path = { circuit: "n0/1/1", nodes: ["n0", "n1", "n2"], links: ["n0-n1", "n1-n2"], cutoffNs: 0, linkLabel: 2 };
    const effects = line.node(1).item(down, networkLayerMethods.signal, { message: { $case: "path", path } });
    expect(effects.at(-1)).toMatchObject({ item: { message: { $case: "teardown" } } });
  });

  test("is forgotten in time: no more than 128 closed ones are kept", () => {
    const line = new Line(2);
    const head = line.node(0);
    for (let round = 1; round <= 200; round += 1) {
      head.submit("n1", { requestId: `n0/1/${round}`, minFidelity: 0.9 + round / 10_000, pairs: 1 });
      line.settle();
      const teardown = { circuit: `n0/1/${round}`, reason: "test" };
      const up = head.stream(networkLayerMethods.signal, "network-layer/n1");
      head.item(up, networkLayerMethods.signal, { message: { $case: "teardown", teardown } });
      head.call(networkLayerMethods.withdraw, { requestId: `n0/1/${round}` }, "node-controller/n0");
      line.settle();
    }
    expect(head.circuits().length).toBeLessThanOrEqual(128);
  });

  test("that no request uses is kept for the next one, but only 64 of them", () => {
    const line = new Line(2);
    for (let round = 1; round <= 80; round += 1) {
      line.node(0).submit("n1", { requestId: `n0/1/${round}`, minFidelity: 0.9 + round / 10_000 });
      line.settle();
      line.node(0).call(networkLayerMethods.withdraw, { requestId: `n0/1/${round}` }, "node-controller/n0");
      line.settle();
    }
    for (const node of line.nodes) {
      expect(node.circuits().filter(({ state }) => state === "installed")).toHaveLength(64);
    }
  });
});

describe("A request", () => {
  test.each([
    ["for an unknown node", "n9", {}, Code.NOT_FOUND, "NO_SUCH_NODE"],
    ["for this node itself", "n0", {}, Code.INVALID_ARGUMENT, "SELF"],
    ["for no pairs", "n2", { pairs: 0 }, Code.INVALID_ARGUMENT, "NO_PAIRS"],
    ["of a priority beyond 7", "n2", { priority: 8 }, Code.INVALID_ARGUMENT, "BAD_PRIORITY"],
    ["for a fidelity beyond 1", "n2", { minFidelity: 1.01 }, Code.INVALID_ARGUMENT, "BAD_FIDELITY"],
    ["for a fidelity that is no number", "n2", { minFidelity: Number.NaN }, Code.INVALID_ARGUMENT, "BAD_FIDELITY"],
    ["for pairs that are not entangled", "n2", { minFidelity: 0.5 }, Code.FAILED_PRECONDITION, "NOT_ENTANGLED"],
    ["for more than the best path gives", "n2", { minFidelity: 0.999 }, Code.FAILED_PRECONDITION, "UNSUPP"],
  ] as const)("%s is refused at once, by type", (_, to, more, code, reason) => {
    const node = new Node(loadTopology("line:3"), "n0");
    expect(refusalOf(node.submit(to, more))).toMatchObject({ code, reason });
    expect(node.circuits()).toEqual([]);
  });

  test("for a node no path leads to is refused at once", () => {
    const topology = loadTopology("line:3");
    const cut = { ...topology, links: topology.links.slice(0, 1) };
    expect(refusalOf(new Node(cut, "n0").submit("n2"))).toMatchObject({ reason: "UNREACHABLE" });
  });

  test("of another node's controller is refused, and so is every other foreign caller", () => {
    const node = new Node(loadTopology("line:3"), "n0");
    expect(refusalOf(node.submit("n2", {}, "node-controller/n1"))).toMatchObject({ code: Code.PERMISSION_DENIED });
    const withdraw = node.call(networkLayerMethods.withdraw, { requestId: "n0/1/1" }, "node-controller/n1");
    expect(refusalOf(withdraw)).toMatchObject({ code: Code.PERMISSION_DENIED });
    const signal = {
      kind: "stream-opened",
      stream: 90 as Stream,
      method: networkLayerMethods.signal,
      request: undefined,
    };
    for (const from of ["network-layer/n2", "link-layer/n1"] as const) {
      expect(refusalOf(node.step({ ...signal, from } as Input))).toMatchObject({ reason: "NOT_A_NEIGHBOUR" });
    }
  });

  test("with the id of one that runs is refused", () => {
    const node = new Node(loadTopology("line:3"), "n0");
    node.submit("n2");
    expect(refusalOf(node.submit("n2"))).toMatchObject({ code: Code.ALREADY_EXISTS });
  });

  test("that times out ends at once when nothing is in transit", () => {
    const line = new Line(3);
    line.node(0).submit("n2", { maxTimeNs: 5e9 });
    line.settle();
    line.node(0).timer("request:n0/1/1", 5e9);
    expect(line.node(0).orders().at(-1)).toMatchObject({ endRequest: { reason: EndReason.TIMEOUT, delivered: 0 } });
    expect(line.settle()).toEqual(["n0>n1 complete", "n1>n2 complete"]);
    expect(line.node(2).orders().at(-1)).toMatchObject({ endRequest: { reason: EndReason.COMPLETE } });
  });

  test("that times out waits for what is in transit", () => {
    const line = new Line(3);
    const head = line.node(0);
    head.submit("n2", { maxTimeNs: 5e9 });
    line.settle();
    const { purposeId } = (head.calls(linkLayerMethods.create) as CreateRequest[])[0] as CreateRequest;
    head.linkOk("n0-n1", 1, purposeId);
    head.timer("request:n0/1/1", 5e9);
    expect(head.orders().filter(({ $case }) => $case === "endRequest")).toEqual([]);
    head.linkOk("n0-n1", 2, purposeId); // it takes no more
    expect(head.orders().at(-1)).toMatchObject({ discard: { pair: "n0-n1/1/2", reason: HalfEnd.DISCARDED } });
    head.timer("end:n0/1/1", 6e9); // the orphan lease
    expect(head.orders().at(-1)).toMatchObject({ endRequest: { reason: EndReason.TIMEOUT } });
  });

  test("that is withdrawn ends, and its circuit stops generating", () => {
    const line = new Line(2);
    const head = line.node(0);
    head.submit("n1");
    line.settle();
    const create = head.log.find((one) => one.kind === "call");
    if (create?.kind !== "call") throw new Error("no CREATE");
    const reply = { kind: "reply", call: create.call, method: create.method, response: { createId: 4 } } as const;
    head.step({ ...reply, reading: undefined });
    expect(head.call(networkLayerMethods.withdraw, { requestId: "n0/1/1" }, "node-controller/n0")[0]?.kind).toBe(
      "respond",
    );
    expect(head.orders().at(-1)).toMatchObject({ endRequest: { reason: EndReason.WITHDRAWN } });
    expect(head.calls(linkLayerMethods.cancel)).toEqual([{ createId: 4 }]);
    const again = head.call(networkLayerMethods.withdraw, { requestId: "n0/1/1" }, "node-controller/n0");
    expect(refusalOf(again)).toMatchObject({ code: Code.NOT_FOUND });
  });

  test("completes when all its pairs are delivered at both ends", () => {
    const { line, head, tail } = ordered();
    // What was ordered may not have been done: neither end says anything before its memory has.
    expect(line.settle()).toEqual([]);
    tail.settled();
    expect(line.settle()).toEqual(["n1>n0 confirm"]);
    expect(head.orders().map(({ $case }) => $case)).toEqual(["deliver", "settle"]);
    head.settled();
    expect(line.settle()).toEqual(["n0>n1 complete"]);
    expect(head.orders().map(({ $case }) => $case)).toEqual(["deliver", "settle", "endRequest"]);
    const endRequest = { reason: EndReason.COMPLETE, delivered: 1, isConfirmed: true };
    expect(head.orders().at(-1)).toMatchObject({ endRequest });
    expect(tail.orders().map(({ $case }) => $case)).toEqual(["deliver", "settle", "endRequest"]);
  });

  test("goes on when a half was lost between the order to deliver it and its delivery", () => {
    const { line, head, tail, purposeId } = ordered();
    head.memory({ $case: "lost", lost: { pair: "n0-n1/1/1" } });
    head.settled();
    tail.settled();
    expect(line.settle()).toEqual(["n1>n0 confirm"]);
    expect(head.orders().filter(({ $case }) => $case === "endRequest")).toEqual([]);
    head.linkOk("n0-n1", 2, purposeId);
    expect(head.log.filter((one) => one.kind === "publish" && one.subject.endsWith("track"))).toHaveLength(2);
  });
});

describe("Feedforward", () => {
  const send = (node: Node, from: string, payload: Feedforward["payload"], sequence = 1) =>
    node.step({
      kind: "message",
      subject: subjects.feedforward("line-3", from, node.name, payload?.$case === "track" ? "track" : "expire"),
      type: Feedforward,
      message: { sequence, incarnation: 1, measuredAt: 0, notAfter: 0, payload },
    });
  const track = { circuit: "n0/1/1", downstream: true, originCorrelator: "n0-n1/1/1", linkCorrelator: "n0-n1/1/1" };
  const full = { ...track, outcome: phiPlus, requestId: "n0/1/1", pairSequence: 1, epoch: 0, quality: undefined };
  const message = { $case: "track", track: { ...full, originEmittedAt: 0 } } as const;
  const published = (effects: readonly Effect[]) =>
    effects.flatMap((one) => (one.kind === "publish" ? [`${one.subject.split(".").slice(4).join(" ")}`] : []));

  test("for a circuit nobody knows is answered with EXPIRE", () => {
    const node = new Node(loadTopology("line:3"), "n1");
    const effects = send(node, "n0", message);
    expect(published(effects)).toEqual(["n1 n0 ack", "n1 n0 expire"]);
  });

  test("EXPIRE for a circuit nobody knows goes to the memory, which may have delivered before a restart", () => {
    const node = new Node(loadTopology("line:3"), "n1");
    const named = { circuit: "n0/1/1", downstream: true, feedforwardMissed: false };
    const byNumber = { ...named, linkCorrelator: "", requestId: "n0/1/1", pairSequence: 7 };
    send(node, "n0", { $case: "expire", expire: byNumber });
    send(node, "n2", { $case: "expire", expire: { ...byNumber, linkCorrelator: "n1-n2/1/1" } });
    expect(node.orders().filter(({ $case }) => $case === "giveUpFar")).toMatchObject([
      { giveUpFar: { farName: "n0/1/1 7", peer: "n0" } },
      { giveUpFar: { farName: "n1-n2/1/1", peer: "n2" } },
    ]);
  });

  test("that comes twice is acknowledged twice and applied once", () => {
    const node = new Node(loadTopology("line:3"), "n1");
    send(node, "n0", message);
    expect(published(send(node, "n0", message))).toEqual(["n1 n0 ack"]);
  });

  test("from anybody but the neighbour on that side is not applied", () => {
    const line = new Line(3);
    line.node(0).submit("n2");
    line.settle();
    const repeater = line.node(1);
    const create = (line.node(0).calls(linkLayerMethods.create) as CreateRequest[])[0] as CreateRequest;
    const onward = (repeater.calls(linkLayerMethods.create) as CreateRequest[])[0] as CreateRequest;
    repeater.linkOk("n0-n1", 1, create.purposeId);
    repeater.linkOk("n1-n2", 1, onward.purposeId);
    const swapped = { circuit: "n0/1/1", upstreamPair: "n0-n1/1/1", downstreamPair: "n1-n2/1/1", outcome: phiPlus };
    const halves = repeater.stream(memoryMethods.halves, "node-controller/n1");
    repeater.item(halves, memoryMethods.halves, {
      message: { $case: "swapped", swapped: { ...swapped, measuredAt: 0 } },
    });
    expect(published(send(repeater, "n2", message))).toEqual(["n1 n2 ack"]);
    expect(published(send(repeater, "n0", message))).toEqual(["n1 n0 ack", "n1 n2 track"]);
    const named = { circuit: "n0/1/1", downstream: true, linkCorrelator: "n0-n1/1/1" };
    const expire = { ...named, feedforwardMissed: false, requestId: "", pairSequence: 0 };
    expect(published(send(repeater, "n2", { $case: "expire", expire }))).toEqual(["n1 n2 ack"]);
    expect(published(send(repeater, "n0", { $case: "expire", expire }))).toEqual(["n1 n0 ack", "n1 n2 expire"]);
  });
});

describe("When this node loses", () => {
  const installed = () => {
    const line = new Line(3);
    line.node(0).submit("n2");
    line.settle();
    for (const node of line.nodes) node.log = [];
    return line;
  };

  test("its memory manager, a repeater gives up its halves and tears its circuits down", () => {
    const line = new Line(3);
    line.node(0).submit("n2");
    line.settle();
    const repeater = line.node(1);
    const create = (line.node(0).calls(linkLayerMethods.create) as CreateRequest[])[0] as CreateRequest;
    repeater.linkOk("n0-n1", 1, create.purposeId);
    repeater.ended(repeater.stream(memoryMethods.halves, "node-controller/n1"), memoryMethods.halves);
    expect(line.settle().sort()).toEqual(["n1>n0 teardown", "n1>n2 teardown"]);
    for (const node of line.nodes) expect(node.circuits()).toMatchObject([{ state: "closing" }]);
  });

  test("its memory manager, a head-end drops its requests, and tells the next of each: it may not know of all", () => {
    const line = installed();
    const head = line.node(0);
    head.ended(head.stream(memoryMethods.halves, "node-controller/n0"), memoryMethods.halves);
    head.timer("install", 1e9);
    expect(head.circuits()).toMatchObject([{ state: "closing" }]);
    const withdraw = head.call(networkLayerMethods.withdraw, { requestId: "n0/1/1" }, "node-controller/n0");
    expect(refusalOf(withdraw)).toMatchObject({ code: Code.NOT_FOUND });
    head.timer(`reopen:node-controller/n0${memoryMethods.halves.path}`, 2e9);
    head.memory({ $case: "attached", attached: {} });
    expect(head.orders()).toMatchObject([{ endRequest: { requestId: "n0/1/1", reason: EndReason.CIRCUIT_LOST } }]);
  });

  test("its link layer, it starts over with an empty memory, and follows it again", () => {
    const line = installed();
    const repeater = line.node(1);
    const events = repeater.stream(linkLayerMethods.events, "link-layer/n1");
    const effects = repeater.ended(events, linkLayerMethods.events);
    expect(effects.filter(({ kind }) => kind === "open-stream")).toEqual([]);
    expect(repeater.circuits()).toMatchObject([{ state: "closing" }]);
    const again = repeater.timer(`reopen:link-layer/n1${linkLayerMethods.events.path}`, 1e8);
    const opened = again.filter(({ kind }) => kind === "open-stream");
    expect(opened).toMatchObject([{ method: linkLayerMethods.events }, { method: memoryMethods.halves }]);
  });

  test("its stream to the memory manager to an earlier one of its own that came late, it keeps its requests", () => {
    const head = installed().node(0);
    const stream = head.stream(memoryMethods.halves, "node-controller/n0");
    const status = { code: Code.ABORTED, message: "a later stream", reason: "SUPERSEDED" };
    head.step({ kind: "stream-ended", stream, method: memoryMethods.halves, status });
    const withdraw = head.call(networkLayerMethods.withdraw, { requestId: "n0/1/1" }, "node-controller/n0");
    expect(withdraw[0]).toMatchObject({ kind: "respond" });
  });

  test("events that are no longer kept, it follows from the oldest that is", () => {
    const node = new Node(loadTopology("line:3"), "n1");
    node.linkOk("n0-n1", 77, 2);
    const timer = `reopen:link-layer/n1${linkLayerMethods.events.path}`;
    const events = () => node.stream(linkLayerMethods.events, "link-layer/n1");
    node.ended(events(), linkLayerMethods.events);
    expect(node.timer(timer, 1e8)[0]).toMatchObject({ request: { afterSequence: 77 } });
    node.ended(events(), linkLayerMethods.events, Code.OUT_OF_RANGE);
    expect(node.timer(timer, 2e8)[0]).toMatchObject({ request: { afterSequence: 0 } });
  });
});

describe("A pair whose label no circuit has", () => {
  test("is discarded, and the CREATE that still makes such pairs is cancelled", () => {
    const node = new Node(loadTopology("line:3"), "n1");
    node.linkOk("n0-n1", 1, 4, true);
    expect(node.orders()).toMatchObject([{ discard: { pair: "n0-n1/1/1", reason: HalfEnd.DISCARDED } }]);
    expect(node.calls(linkLayerMethods.cancel)).toEqual([{ createId: 9 }]);
  });

  test("or of a CREATE that its circuit does not keep any more is cancelled again", () => {
    const line = new Line(3);
    const head = line.node(0);
    head.submit("n2");
    line.settle();
    const create = head.log.find((one) => one.kind === "call" && one.method === linkLayerMethods.create);
    if (create?.kind !== "call") throw new Error("no CREATE");
    const { purposeId } = create.request as CreateRequest;
    head.linkOk("n0-n1", 1, purposeId, true);
    expect(head.calls(linkLayerMethods.cancel)).toEqual([]);
    head.step({
      kind: "reply",
      call: create.call,
      method: create.method,
      response: { createId: 4 },
      reading: undefined,
    });
    head.linkOk("n0-n1", 2, purposeId, true);
    expect(head.calls(linkLayerMethods.cancel)).toEqual([{ createId: 9 }]);
  });

  test("cannot be one of a former incarnation: its labels began elsewhere", () => {
    const label = (incarnation: number) => {
      const node = new Node(loadTopology("line:2"), "n0", incarnation);
      const up = node.stream(networkLayerMethods.signal, "network-layer/n1");
      node.submit("n1");
      const path = node.log.find(
        (one) => one.kind === "send" && one.stream === up && JSON.stringify(one).includes("path"),
      );
      return (path as { item: { message: { path: Path } } }).item.message.path.linkLabel;
    };
    const labels = [1, 2, 3, 30].map(label);
    expect(new Set(labels).size).toBe(4);
    for (const one of labels) expect(one % 2).toBe(0);
  });
});
