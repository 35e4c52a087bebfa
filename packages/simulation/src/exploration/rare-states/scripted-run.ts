import { type Address, type Effect, effect, type Input, type Stream } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { Instant } from "@bellmesh/wire";
import { type FeedforwardKind, subjects } from "@bellmesh/wire";
import { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { Path, SignalRequest } from "@bellmesh/wire/network-layer";
import type { HalvesRequest } from "@bellmesh/wire/node-controller";
import { line } from "../draw-network.ts";
import { plannedTopology } from "../planned-topology.ts";
import { RareStates } from "./rare-states.ts";

type Payload = Feedforward["payload"];

const topology = plannedTopology({ network: line(4), regime: "ideal", cutoffMs: null });
const { name: network } = topology;
const stream = 1 as Stream;
const repeats: Input = { kind: "timer", timer: "feedforward.repeat", due: 0 as Instant, reading: undefined };

/** What a message of feedforward says beside its payload; of the first incarnation, and of use for ever. */
interface Numbering {
  readonly sequence?: number;
  readonly incarnation?: number;
  readonly notAfter?: number;
}

/** Steps written by hand on a line of four nodes, n0 to n3, watched as those of a trial are. */
export class ScriptedRun {
  readonly #states: RareStates;
  /** The true instant of what is written next. */
  nowNs = 0;

  constructor(faults: readonly FaultEntry[] = []) {
    this.#states = new RareStates(topology, faults);
  }

  /** The states that were reached, and how often. */
  get reached(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.#states.reached()).filter(([, times]) => times > 0));
  }

  /** One step; the clock of the process reads what is given, or the true instant. */
  step(address: Address, input: Input, effects: readonly Effect[] = [], localNs = this.nowNs): void {
    this.#states.step(address, localNs, this.nowNs, input, effects);
  }

  starts(address: Address): void {
    this.step(address, { kind: "started", incarnation: 2, recovered: new Map() });
  }

  records(event: NonNullable<LedgerEvent["event"]>): void {
    this.#states.record({
      writer: "quantum-state/nature",
      incarnation: 1,
      sequence: 1,
      at: this.nowNs,
      uncertaintyNs: 0,
      event,
    });
  }

  /** Feedforward goes out, for the first time or again. */
  sends(from: string, to: string, payload: Payload, numbering: Numbering = {}): void {
    const subject = subjects.feedforward(network, from, to, kindOf(payload));
    this.step(sender(from), repeats, [effect.publish(subject, Feedforward, messageOf(payload, numbering))]);
  }

  /** Feedforward comes, and is acknowledged. */
  hears(from: string, to: string, payload: Payload, numbering: Numbering = {}): void {
    const message = messageOf(payload, numbering);
    const { sequence, incarnation } = message;
    const kind = kindOf(payload);
    const subject = subjects.feedforward(network, from, to, kind);
    const acknowledgement = { incarnation, sequences: [sequence], kind };
    const answers = effect.publish(subjects.feedforward(network, to, from, "ack"), Acknowledgement, acknowledgement);
    const hearer: Address = payload?.$case === "herald" ? `link-layer/${to}` : `network-layer/${to}`;
    this.step(hearer, { kind: "message", subject, type: Feedforward, message }, [answers]);
  }

  /** The acknowledgement of a message from `to` comes there. */
  hearsAcknowledgement(from: string, to: string, kind: FeedforwardKind, sequence = 1): void {
    const subject = subjects.feedforward(network, from, to, "ack");
    const message = { incarnation: 1, sequences: [sequence], kind };
    this.step(sender(to), { kind: "message", subject, type: Acknowledgement, message });
  }

  /** A node sends PATH over its link downstream. */
  sendsPath(node: string, path: Pick<Path, "circuit" | "linkLabel"> & Partial<Path>): void {
    const nodes = ["n0", "n1", "n2", "n3"];
    const links = ["n0-n1", "n1-n2", "n2-n3"];
    const message = { $case: "path", path: { nodes, links, cutoffNs: 0, ...path } } as SignalRequest["message"];
    this.step(`network-layer/${node}`, repeats, [effect.send(stream as Stream<SignalRequest>, { message })]);
  }
}

/** An order to the memory of the node. */
export function orders(message: NonNullable<HalvesRequest["message"]>): Effect {
  return effect.send(stream as Stream<HalvesRequest>, { message });
}

/** Something that has come on a stream. */
export function item(content: unknown, path = ""): Input {
  return { kind: "stream-item", stream, method: { path } as never, item: content };
}

/** TRACK about a link pair, downstream where it is not said. */
export function track(linkCorrelator: string, rest: object = {}): Payload {
  return {
    $case: "track",
    track: { circuit: "c", downstream: true, linkCorrelator, requestId: "r", ...rest } as never,
  };
}

/** EXPIRE about a link pair. */
export function expire(linkCorrelator: string): Payload {
  return { $case: "expire", expire: { circuit: "c", downstream: false, linkCorrelator } as never };
}

/** The herald of a pair. */
export function herald(pair: string): Payload {
  return { $case: "herald", herald: { pair } as never };
}

function sender(place: string): Address {
  return place.includes("-") ? `physical-link/${place}` : `network-layer/${place}`;
}

function kindOf(payload: Payload): FeedforwardKind {
  return payload?.$case as FeedforwardKind;
}

function messageOf(payload: Payload, { sequence = 1, incarnation = 1, notAfter = 0 }: Numbering): Feedforward {
  return { sequence, incarnation, measuredAt: 0, notAfter, payload };
}
