import { type Effect, type Input, type Machine, methodsOf, type Status, type Stream } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import type { Topology } from "@bellmesh/topology";
import { type Instant, instant, pairId, subjects } from "@bellmesh/wire";
import { Feedforward, type Herald } from "@bellmesh/wire/feedforward";
import {
  type CreateRequest,
  type EventsResponse,
  LinkLayerServiceDefinition,
  type PeerMessage,
  RequestType,
} from "@bellmesh/wire/link-layer";
import { QuantumMemoryServiceDefinition, type SlotsRequest } from "@bellmesh/wire/node-controller";
import {
  type GenerateRequest,
  type GenerateResponse,
  PhysicalLinkServiceDefinition,
} from "@bellmesh/wire/physical-link";
import { clockMethods } from "./methods.ts";
import { service } from "./service.ts";

const { create, cancel, events, peer } = methodsOf(LinkLayerServiceDefinition);
const { slots } = methodsOf(QuantumMemoryServiceDefinition);
const { generate } = methodsOf(PhysicalLinkServiceDefinition);

const OK: Status = { code: 0, message: "" };

/** How a call was answered. */
export type Answer = { readonly createId: number } | { readonly failed: Status } | Record<string, never>;

/**
 * A link layer for tests: gives its machine every input by name, and sorts what the machine asks for by whom it is
 * meant for. Everything is kept until it is taken.
 */
export class ObservedLinkLayer {
  now = 0;
  readonly node: string;
  readonly timers = new Map<string, number>();
  /** Streams the machine has opened and not been told the end of, by address. */
  readonly opened = new Map<string, Stream>();
  readonly #machine: Machine;
  readonly #topology: Topology;
  readonly #addresses = new Map<Stream, string>();
  readonly #sent = new Map<string, unknown[]>();
  readonly #answers: Answer[] = [];
  readonly #closed: { readonly stream: Stream; readonly status: Status }[] = [];
  readonly #acknowledged: number[] = [];
  readonly #served = new Map<string, Stream>();
  #follower = 0 as Stream;
  #lastServed = 0;
  #calls = 0;

  constructor(topology: Topology, node: string, incarnation = 1, now = 0) {
    this.now = now;
    this.node = node;
    this.#topology = topology;
    const entropy = new SeededEntropy(1);
    this.#machine = service.start({ config: { topology }, place: node, entropy });
    this.step({ kind: "started", incarnation, recovered: new Map() });
    this.follows(`network-layer/${node}`);
  }

  step(input: Input): readonly Effect[] {
    const effects = this.#machine.step(instant(this.now), input);
    for (const effect of effects) this.#note(effect);
    return effects;
  }

  // ——— What the machine has asked for, each thing once ———

  /** Events for the latest follower. */
  events(): EventsResponse[] {
    return this.#take(`${this.#follower}`) as EventsResponse[];
  }

  /** What each event was: `ok <pair>`, `err <code>`, `expire <incarnation>:[<low>, <high>)`. */
  said(): string[] {
    return this.events().map(({ event }) => {
      if (event?.$case === "ok") return `ok ${event.ok.pair}`;
      if (event?.$case === "err") return `err ${event.err.code}`;
      if (event?.$case !== "expire") return "nothing";
      const { stationIncarnation, sequenceLow, sequenceHigh } = event.expire;
      return `expire ${stationIncarnation}:[${sequenceLow}, ${sequenceHigh})`;
    });
  }

  /** To a link's station, but for the question where it stands: `arm <queue sequence>`, `stop <queue sequence>`. */
  armed(link = "n0-n1"): string[] {
    return this.commands(link).flatMap(({ command }) => {
      if (command?.$case === "arm") return [`arm ${command.arm.queueId?.sequence}`];
      const sequence = command?.$case === "stop" ? command.stop.queueId?.sequence : undefined;
      return sequence === 0 ? [] : [`stop ${sequence}`];
    });
  }

  commands(link = "n0-n1"): GenerateRequest[] {
    return this.#take(`physical-link/${link}`) as GenerateRequest[];
  }

  memory(): SlotsRequest[] {
    return this.#take(`node-controller/${this.node}`) as SlotsRequest[];
  }

  /** Halves: `occupied <slot> <pair>`, `missed <pair>`. */
  halves(): string[] {
    return this.memory().flatMap(({ message }) => {
      if (message?.$case === "occupied") return [`occupied ${message.occupied.slot} ${message.occupied.pair}`];
      return message?.$case === "missed" ? [`missed ${message.missed.pair}`] : [];
    });
  }

  /** To the link layer at the other end of a link, whichever of the two opened the stream. */
  toPeer(link = "n0-n1"): PeerMessage[] {
    const other = this.#other(link);
    const served = this.#served.get(link);
    const items = [...this.#take(`link-layer/${other}`), ...(served === undefined ? [] : this.#take(`${served}`))] as {
      readonly message: PeerMessage;
    }[];
    return items.map(({ message }) => message);
  }

  answers(): Answer[] {
    return this.#answers.splice(0);
  }

  closed(): { readonly stream: Stream; readonly status: Status }[] {
    return this.#closed.splice(0);
  }

  /** Numbers of the heralds acknowledged. */
  acknowledged(): number[] {
    return this.#acknowledged.splice(0);
  }

  // ——— Inputs ———

  create(request: Partial<CreateRequest> = {}, from: `${string}/${string}` = `network-layer/${this.node}`): Answer {
    this.#calls += 1;
    const plain = { link: "n0-n1", purposeId: 7, pairs: 0, minFidelity: undefined, maxTimeNs: 0, priority: 2 };
    const filled: CreateRequest = { ...plain, type: RequestType.KEEP, ...request };
    const call = this.#calls as never;
    const rest = { method: create, from, deadline: undefined, reading: undefined };
    this.step({ kind: "call", call, request: filled, ...rest });
    return this.answers().at(-1) as Answer;
  }

  /** A create that must be taken. @returns its id */
  created(request: Partial<CreateRequest> = {}): number {
    const answer = this.create(request);
    if (!("createId" in answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer.createId as number;
  }

  cancel(createId: number, from: `${string}/${string}` = `network-layer/${this.node}`): Answer {
    this.#calls += 1;
    const rest = { method: cancel, from, deadline: undefined, reading: undefined };
    this.step({ kind: "call", call: this.#calls as never, request: { createId }, ...rest });
    return this.answers().at(-1) as Answer;
  }

  /** A follower of events comes, and takes the place of the one before. */
  follows(from: `${string}/${string}`, afterSequence = 0): Stream {
    if (this.#follower !== 0) {
      this.step({ kind: "stream-ended", stream: this.#follower, method: events, status: OK });
    }
    this.#lastServed += 2;
    this.#follower = this.#lastServed as Stream;
    const request = { afterSequence };
    this.step({ kind: "stream-opened", stream: this.#follower, method: events, request, from });
    return this.#follower;
  }

  trust(uncertaintyPs = 100): readonly Effect[] {
    const status = { state: 0, grandmaster: "n0", uncertaintyPs } as never;
    const stream = this.opened.get(`clock-sync/${this.node}`) as Stream;
    return this.step({ kind: "stream-item", stream, method: clockMethods.watchStatus, item: { status } });
  }

  grant(slot: number, link = "n0-n1"): void {
    const stream = this.opened.get(`node-controller/${this.node}`) as Stream;
    this.step({ kind: "stream-item", stream, method: slots, item: { link, slot } });
  }

  fromStation(response: Partial<GenerateResponse>, link = "n0-n1"): void {
    const stream = this.opened.get(`physical-link/${link}`) as Stream;
    const base = { link, queueId: { queue: 0, sequence: 0 }, reason: 0, attempts: 0, nextSequence: 1, incarnation: 1 };
    this.step({ kind: "stream-item", stream, method: generate, item: { ...base, ...response } });
  }

  /** `number` is that of the message, which grows with every new one. */
  herald(herald: Herald, number: number, { link = "n0-n1", notAfter = 0, incarnation = 1 } = {}): void {
    const payload = { $case: "herald", herald } as const;
    const message: Feedforward = { sequence: number, incarnation, measuredAt: this.now, notAfter, payload };
    const subject = subjects.feedforward(this.#topology.name, link, this.node, "herald");
    this.step({ kind: "message", subject, type: Feedforward, message });
  }

  /** The peer's stream is opened to this end, without its hello. */
  opensPeer(from: `${string}/${string}`, link = "n0-n1"): Stream {
    this.#lastServed += 2;
    const stream = this.#lastServed as Stream;
    this.#served.set(link, stream);
    this.step({ kind: "stream-opened", stream, method: peer, request: undefined, from });
    return stream;
  }

  /** The latest stream that the peer of this link has opened. */
  servedOn(link = "n0-n1"): Stream {
    return this.#served.get(link) as Stream;
  }

  /** From the peer, on whichever stream there is. */
  fromPeer(content: PeerMessage["content"], link = "n0-n1", on?: Stream): void {
    const stream = on ?? this.#served.get(link) ?? (this.opened.get(`link-layer/${this.#other(link)}`) as Stream);
    this.step({ kind: "stream-item", stream, method: peer, item: { message: { link, content } } });
  }

  /** A stream that this end has opened ends. */
  ends(address: string, method: Input extends infer I ? (I extends { method: infer M } ? M : never) : never): void {
    const stream = this.opened.get(address) as Stream;
    this.opened.delete(address);
    this.#sent.delete(address);
    this.step({ kind: "stream-ended", stream, method, status: OK });
  }

  peerEnds(link = "n0-n1"): void {
    const served = this.#served.get(link);
    if (served === undefined) {
      this.ends(`link-layer/${this.#other(link)}`, peer);
      return;
    }
    this.#served.delete(link);
    this.#sent.delete(`${served}`);
    this.step({ kind: "stream-ended", stream: served, method: peer, status: OK });
  }

  stationEnds(link = "n0-n1"): void {
    this.ends(`physical-link/${link}`, generate);
  }

  memoryEnds(): void {
    this.ends(`node-controller/${this.node}`, slots);
  }

  clockEnds(): void {
    this.ends(`clock-sync/${this.node}`, clockMethods.watchStatus);
  }

  /** Lets all timers come that are due by then, in order; then it is that instant. */
  advance(to: number): void {
    for (;;) {
      const [next] = [...this.timers].filter(([, due]) => due <= to).sort(([, one], [, other]) => one - other);
      if (!next) break;
      const [timer, due] = next;
      this.now = Math.max(this.now, due);
      this.timers.delete(timer);
      this.step({ kind: "timer", timer, due: due as Instant, reading: undefined });
    }
    this.now = Math.max(this.now, to);
  }

  #other(link: string): string {
    const ends = this.#topology.links.find(({ name }) => name === link)?.ends ?? ["", ""];
    return ends[0] === this.node ? ends[1] : ends[0];
  }

  #take(key: string): unknown[] {
    const items = this.#sent.get(key) ?? [];
    this.#sent.set(key, []);
    return items;
  }

  /** @throws Error when nothing may be sent on the stream any more, as a host does. */
  #keyOf(stream: Stream): string {
    const address = this.#addresses.get(stream);
    const isOpen = address === undefined ? [this.#follower, ...this.#served.values()].includes(stream) : undefined;
    if (isOpen ?? this.opened.get(address as string) === stream) return address ?? `${stream}`;
    throw new Error(`${this.node} sends on stream ${stream}, which has ended`);
  }

  #note(effect: Effect): void {
    if (effect.kind === "open-stream") {
      this.opened.set(effect.to, effect.stream);
      this.#addresses.set(effect.stream, effect.to);
      this.#sent.set(effect.to, []);
    } else if (effect.kind === "send") {
      const key = this.#keyOf(effect.stream);
      this.#sent.set(key, [...(this.#sent.get(key) ?? []), effect.item]);
    } else if (effect.kind === "respond") this.#answers.push(effect.response as Answer);
    else if (effect.kind === "fail") this.#answers.push({ failed: effect.status });
    else if (effect.kind === "close") this.#closed.push({ stream: effect.stream, status: effect.status });
    else if (effect.kind === "set-timer") this.timers.set(effect.timer, effect.due);
    else if (effect.kind === "cancel-timer") this.timers.delete(effect.timer);
    else if (effect.kind === "publish")
      this.#acknowledged.push(...(effect.message as { sequences: number[] }).sequences);
  }
}

/** A herald of the first incarnation of everything, for what is armed as this queue sequence. */
export function heraldOf(pairSequence: number, queueSequence: number, some: Partial<Herald> = {}): Herald {
  const stationIncarnation = some.stationIncarnation ?? 1;
  return {
    pair: pairId("n0-n1", stationIncarnation, pairSequence),
    queueId: { queue: 0, sequence: queueSequence },
    pairSequence,
    stationIncarnation,
    armedIncarnation: 1,
    bellIndex: { x: true, z: false },
    cycle: 1_000_000,
    attempts: 1,
    ...some,
  };
}
