import {
  type Address,
  Code,
  type Effect,
  effect,
  failure,
  StandingStream,
  type Stream,
  type StreamNumbers,
} from "@bellmesh/mesh";
import { farEnd, linksOf, type Topology } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { SignalRequest, SignalResponse } from "@bellmesh/wire/network-layer";
import { networkLayerMethods } from "./methods.ts";
import type { VirtualCircuit } from "./virtual-circuit.ts";

interface Neighbour {
  /** Ours to it: it is downstream on this stream. */
  readonly uplink: StandingStream<SignalRequest, SignalResponse>;
  /** Its to us: it is upstream on this stream. */
  served: Stream<SignalResponse> | undefined;
}

/** The network layers of the neighbours: each opens a stream to each other, and is upstream on its own. */
export class Neighbours {
  readonly #node: string;
  readonly #neighbours = new Map<string, Neighbour>();
  #incarnation = 0;

  constructor(topology: Topology, node: string, numbers: StreamNumbers) {
    this.#node = node;
    for (const link of linksOf(topology, node)) {
      const other = farEnd(link, node);
      if (this.#neighbours.has(other)) continue;
      const uplink = new StandingStream(`network-layer/${other}`, networkLayerMethods.signal, numbers);
      this.#neighbours.set(other, { uplink, served: undefined });
    }
  }

  start(effects: Effect[], incarnation: number): void {
    this.#incarnation = incarnation;
    for (const { uplink } of this.#neighbours.values()) this.#open(effects, uplink);
  }

  /** @returns whether the timer was of a stream that is to be opened again. */
  timer(effects: Effect[], timer: string): boolean {
    for (const { uplink } of this.#neighbours.values()) {
      if (timer !== uplink.timer) continue;
      this.#open(effects, uplink);
      return true;
    }
    return false;
  }

  /**
   * A stream was opened to us; closed again unless a neighbour's network layer has opened it.
   * @returns the neighbour when it had a stream here before, which it must have lost.
   */
  opened(effects: Effect[], stream: Stream<SignalResponse>, from: Address): string | undefined {
    const name = from.slice(from.indexOf("/") + 1);
    const neighbour = from === `network-layer/${name}` ? this.#neighbours.get(name) : undefined;
    if (!neighbour) {
      const message = `${from} is not the network layer of a neighbour of ${this.#node}`;
      effects.push(effect.close(stream, failure(Code.PERMISSION_DENIED, message, "NOT_A_NEIGHBOUR")));
      return undefined;
    }
    const before = neighbour.served;
    if (before !== undefined) {
      const message = `${from} has opened a later stream`;
      effects.push(effect.close(before, failure(Code.ABORTED, message, "SUPERSEDED")));
    }
    neighbour.served = stream;
    effects.push(effect.send(stream, { message: { $case: "hello", hello: { incarnation: this.#incarnation } } }));
    return before === undefined ? undefined : name;
  }

  /** The neighbour upstream on a stream that was opened to us. */
  upstreamOn(stream: Stream): string | undefined {
    for (const [name, { served }] of this.#neighbours) if (served === stream) return name;
    return undefined;
  }

  /** The neighbour downstream on a stream that we opened. */
  downstreamOn(stream: Stream): string | undefined {
    for (const [name, { uplink }] of this.#neighbours) if (uplink.is(stream)) return name;
    return undefined;
  }

  /** A stream that was opened to us has ended. @returns the neighbour that was upstream on it. */
  servedEnded(stream: Stream): string | undefined {
    const name = this.upstreamOn(stream);
    if (name !== undefined) (this.#neighbours.get(name) as Neighbour).served = undefined;
    return name;
  }

  /** A stream that we opened has ended. @returns the neighbour that was downstream on it. */
  uplinkEnded(now: Instant, effects: Effect[], stream: Stream): string | undefined {
    const name = this.downstreamOn(stream);
    if (name !== undefined) this.#neighbours.get(name)?.uplink.ended(now, effects, stream);
    return name;
  }

  /** To the next node of the circuit; to nobody at its tail-end. */
  down(effects: Effect[], circuit: VirtualCircuit, message: NonNullable<SignalRequest["message"]>): void {
    this.#neighbours.get(circuit.nodes[circuit.position + 1] ?? "")?.uplink.send(effects, { message });
  }

  /** To the previous node of the circuit; to nobody at its head-end. */
  up(effects: Effect[], circuit: VirtualCircuit, message: NonNullable<SignalResponse["message"]>): void {
    this.answer(effects, circuit.nodes[circuit.position - 1] ?? "", message);
  }

  /** To a neighbour that is upstream of us, circuit or no circuit. */
  answer(effects: Effect[], upstream: string, message: NonNullable<SignalResponse["message"]>): void {
    const served = this.#neighbours.get(upstream)?.served;
    if (served !== undefined) effects.push(effect.send(served, { message }));
  }

  #open(effects: Effect[], uplink: Neighbour["uplink"]): void {
    uplink.open(effects);
    uplink.send(effects, { message: { $case: "hello", hello: { incarnation: this.#incarnation } } });
  }
}
