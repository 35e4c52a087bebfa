import type { BellIndex } from "@bellmesh/bell";
import type { Instant } from "@bellmesh/wire";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import type { HalvesRequest } from "@bellmesh/wire/node-controller";
import type { HeldHalf, Surroundings, VirtualCircuit } from "./virtual-circuit.ts";

type Order = NonNullable<HalvesRequest["message"]>;

/** A TRACK as it was sent. */
export interface SentTrack {
  readonly to: string;
  readonly track: Track;
  readonly measuredAt: Instant;
  readonly notAfter: number;
}

/** An EXPIRE as it was sent. */
export interface SentExpire {
  readonly to: string;
  readonly expire: Expire;
}

/** Surroundings for tests: they write down what a circuit asks for, and give it out once. */
export class ObservedSurroundings implements Surroundings {
  #orders: Order[] = [];
  #tracks: SentTrack[] = [];
  #expires: SentExpire[] = [];

  memory(_effects: unknown, message: Order): void {
    this.#orders.push(message);
  }

  track(_now: Instant, _effects: unknown, to: string, track: Track, measuredAt: Instant, notAfter: number): void {
    this.#tracks.push({ to, track, measuredAt, notAfter });
  }

  expire(_now: Instant, _effects: unknown, to: string, expire: Expire): void {
    this.#expires.push({ to, expire });
  }

  /** Orders to the memory since the last look. */
  orders(): Order[] {
    return this.#orders.splice(0);
  }

  /** Orders of one kind since the last look; the others are forgotten. */
  ordersTo<Case extends Order["$case"]>(kind: Case): Extract<Order, { $case: Case }>[] {
    return this.orders().filter((order) => order.$case === kind) as Extract<Order, { $case: Case }>[];
  }

  tracks(): SentTrack[] {
    return this.#tracks.splice(0);
  }

  expires(): SentExpire[] {
    return this.#expires.splice(0);
  }
}

/** A circuit n0 → n1 → … of so many nodes, seen from this position. */
export function lineCircuit(position: number, nodes = 3, cutoffNs = 0): VirtualCircuit {
  const names = Array.from({ length: nodes }, (_, at) => `n${at}`);
  return {
    id: "n0/1/1",
    nodes: names,
    links: names.slice(1).map((name, at) => `${names[at]}-${name}`),
    position,
    minLinkFidelity: undefined,
    cutoffNs,
  };
}

/** A half of a perfect pair unless said otherwise. */
export function halfOf(pair: string, bellIndex: BellIndex, emittedAtNs = 0, worth = { x: 1, y: 1, z: 1 }): HeldHalf {
  return { pair, bellIndex, goodness: { relaxed: undefined, ...worth }, emittedAt: emittedAtNs as Instant };
}
