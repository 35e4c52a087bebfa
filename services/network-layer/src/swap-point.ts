import { bellMeasurementDecay, combine, memoryDecay, multiply, type PauliEigenvalues } from "@bellmesh/bell";
import { type Effect, effect } from "@bellmesh/mesh";
import type { TopologyNode } from "@bellmesh/topology";
import { after, type Instant, SECOND_NS } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import { HalfEnd, type Swapped } from "@bellmesh/wire/node-controller";
import {
  type HeldHalf,
  neighbour,
  Remembered,
  type Side,
  type Surroundings,
  type VirtualCircuit,
} from "./virtual-circuit.ts";

/** Swap records both TRACKs have used, kept for an EXPIRE that may still come through. */
const SPENT_RECORDS_MAX = 4096;

/** The swap of two halves: what a TRACK crossing it must take along. */
interface SwapRecord {
  readonly upstream: HeldHalf;
  readonly downstream: HeldHalf;
  readonly outcome: BellIndex;
  readonly measuredAt: Instant;
  /** What both halves' waiting and the noisy measurement left. */
  readonly decay: PauliEigenvalues;
  used: { upstream: boolean; downstream: boolean };
}

interface Parked {
  readonly track: Track;
  readonly measuredAt: Instant;
  readonly notAfter: number;
}

const opposite = (side: Side): Side => (side === "upstream" ? "downstream" : "upstream");

/**
 * A repeater's part of a circuit: swaps as soon as both sides hold a half, oldest with oldest, waiting for no
 * message; then leads every TRACK across its swap record (Kozlowski, Dahlberg & Wehner, CoNEXT 2020).
 */
export class SwapPoint {
  readonly cutoffTimer: string;
  readonly #circuit: VirtualCircuit;
  readonly #node: TopologyNode;
  readonly #surroundings: Surroundings;
  readonly #measurementDecay: PauliEigenvalues;
  readonly #waiting: Record<Side, HeldHalf[]> = { upstream: [], downstream: [] };
  /** Halves given to the node-controller for swapping, by either pair. */
  readonly #swapping = new Map<string, { readonly upstream: HeldHalf; readonly downstream: HeldHalf }>();
  readonly #records = new Map<string, SwapRecord>();
  readonly #spent = new Remembered<SwapRecord>(SPENT_RECORDS_MAX);
  readonly #discarded = new Remembered<true>(SPENT_RECORDS_MAX);
  readonly #parkedTracks = new Map<string, Parked>();
  readonly #parkedExpires = new Map<string, Expire>();
  #cutoffSet = false;

  constructor(circuit: VirtualCircuit, node: TopologyNode, surroundings: Surroundings) {
    this.#circuit = circuit;
    this.#node = node;
    this.#surroundings = surroundings;
    this.cutoffTimer = `cutoff:${circuit.id}`;
    const { p01, p10 } = node.readout;
    this.#measurementDecay = bellMeasurementDecay(node.gates.twoQubitDepolarising, p01, p10);
  }

  /** A link pair of the circuit is here. `active`: some request still wants pairs. */
  linkOk(now: Instant, effects: Effect[], side: Side, half: HeldHalf, active: boolean): void {
    if (!active || this.#discarded.get(half.pair)) {
      this.#discard(now, effects, side, half.pair, HalfEnd.DISCARDED);
      return;
    }
    const partner = this.#waiting[opposite(side)].shift();
    if (!partner) {
      this.#waiting[side].push(half);
      this.#setCutoff(effects, half);
      return;
    }
    const halves =
      side === "upstream" ? { upstream: half, downstream: partner } : { upstream: partner, downstream: half };
    this.#swapping.set(halves.upstream.pair, halves);
    this.#swapping.set(halves.downstream.pair, halves);
    this.#surroundings.memory(effects, {
      $case: "swap",
      swap: {
        circuit: this.#circuit.id,
        upstreamPair: halves.upstream.pair,
        downstreamPair: halves.downstream.pair,
      },
    });
  }

  /** The node-controller has measured: TRACKs and EXPIREs that were waiting go on. */
  swapped(now: Instant, effects: Effect[], { upstreamPair, downstreamPair, outcome, measuredAt }: Swapped): void {
    const halves = this.#swapping.get(upstreamPair);
    if (!halves || !outcome) return; // lost meanwhile
    this.#swapping.delete(upstreamPair);
    this.#swapping.delete(downstreamPair);
    const record: SwapRecord = {
      ...halves,
      outcome,
      measuredAt: measuredAt as Instant,
      decay: this.#decayOf(halves.upstream, halves.downstream, measuredAt),
      used: { upstream: false, downstream: false },
    };
    this.#records.set(upstreamPair, record);
    this.#records.set(downstreamPair, record);
    for (const pair of [upstreamPair, downstreamPair]) {
      const parked = this.#parkedTracks.get(pair);
      if (parked) {
        this.#parkedTracks.delete(pair);
        this.track(now, effects, parked.track, parked.measuredAt, parked.notAfter);
      }
      const expire = this.#parkedExpires.get(pair);
      if (expire) {
        this.#parkedExpires.delete(pair);
        this.expire(now, effects, expire);
      }
    }
  }

  /** The node-controller does not hold this half: it was lost in a crash. Its partner in a swap goes too. */
  lost(now: Instant, effects: Effect[], pair: string): void {
    const halves = this.#swapping.get(pair);
    if (halves) {
      for (const side of ["upstream", "downstream"] as const) {
        this.#swapping.delete(halves[side].pair);
        if (halves[side].pair === pair) this.#forget(now, effects, side, pair);
        else this.#discard(now, effects, side, halves[side].pair, HalfEnd.DISCARDED);
      }
      return;
    }
    for (const side of ["upstream", "downstream"] as const) {
      const at = this.#waiting[side].findIndex((half) => half.pair === pair);
      if (at === -1) continue;
      this.#waiting[side].splice(at, 1);
      this.#forget(now, effects, side, pair);
    }
  }

  /** TRACK: crosses the swap record, meets a discard record, or is parked until there is one. */
  track(now: Instant, effects: Effect[], track: Track, measuredAt: Instant, notAfter: number): void {
    const pair = track.linkCorrelator;
    const record = this.#records.get(pair);
    const from: Side = track.downstream ? "upstream" : "downstream";
    if (record) {
      this.#forward(now, effects, record, from, track, measuredAt, notAfter);
    } else if (this.#discarded.get(pair)) {
      this.#expireBack(now, effects, from, pair);
    } else {
      this.#parkedTracks.set(pair, { track, measuredAt, notAfter });
    }
  }

  /** EXPIRE: goes on over the swap, or voids the half that still waits for one. */
  expire(now: Instant, effects: Effect[], expire: Expire): void {
    const pair = expire.linkCorrelator;
    const side: Side = expire.downstream ? "upstream" : "downstream";
    const record = this.#records.get(pair) ?? this.#spent.get(pair);
    if (record) {
      const onward = opposite(side);
      this.#surroundings.expire(now, effects, neighbour(this.#circuit, onward), {
        ...expire,
        linkCorrelator: record[onward].pair,
      });
    } else if (this.#swapping.has(pair)) {
      this.#parkedExpires.set(pair, expire);
    } else {
      this.voided(now, effects, side, pair);
    }
  }

  /** The link pair is void, by EXPIRE of either layer; it may not even have been announced yet. */
  voided(now: Instant, effects: Effect[], side: Side, pair: string): void {
    if (this.#swapping.has(pair) || this.#records.has(pair)) return; // too late: the TRACK will find no pair at the end
    const at = this.#waiting[side].findIndex((half) => half.pair === pair);
    if (at !== -1) {
      this.#waiting[side].splice(at, 1);
      this.#discard(now, effects, side, pair, HalfEnd.EXPIRED);
    } else {
      this.#forget(now, effects, side, pair);
    }
  }

  /** The cutoff timer: discards what has waited too long. Ends have none, so the two ends never disagree. */
  cutoff(now: Instant, effects: Effect[]): void {
    this.#cutoffSet = false;
    for (const side of ["upstream", "downstream"] as const) {
      const waiting = this.#waiting[side];
      while (waiting[0] && after(waiting[0].emittedAt, this.#circuit.cutoffNs) <= now) {
        this.#discard(now, effects, side, (waiting.shift() as HeldHalf).pair, HalfEnd.DISCARDED);
      }
    }
    const [upstream, downstream] = [this.#waiting.upstream[0], this.#waiting.downstream[0]];
    const oldest = !downstream || (upstream && upstream.emittedAt <= downstream.emittedAt) ? upstream : downstream;
    if (oldest) this.#setCutoff(effects, oldest);
  }

  /** No request wants pairs any longer: what waits is discarded; records stay for the TRACKs under way. */
  clear(now: Instant, effects: Effect[]): void {
    for (const side of ["upstream", "downstream"] as const) {
      for (const half of this.#waiting[side].splice(0)) {
        this.#discard(now, effects, side, half.pair, HalfEnd.DISCARDED);
      }
    }
  }

  #forward(
    now: Instant,
    effects: Effect[],
    record: SwapRecord,
    from: Side,
    track: Track,
    measuredAt: Instant,
    notAfter: number,
  ): void {
    const onward = opposite(from);
    const next = record[onward];
    const quality = track.quality ?? { x: 0, y: 0, z: 0 };
    const forwarded: Track = {
      ...track,
      linkCorrelator: next.pair,
      outcome: combine(combine(track.outcome ?? record.outcome, record.outcome), next.bellIndex),
      quality: multiply(multiply(quality, record.decay), next.goodness),
    };
    const latest = Math.max(measuredAt, record.measuredAt) as Instant;
    this.#surroundings.track(now, effects, neighbour(this.#circuit, onward), forwarded, latest, notAfter);
    record.used[from] = true;
    if (record.used.upstream && record.used.downstream) {
      for (const { pair } of [record.upstream, record.downstream]) {
        this.#records.delete(pair);
        this.#spent.set(pair, record);
      }
    }
  }

  #decayOf(upstream: HeldHalf, downstream: HeldHalf, measuredAt: number): PauliEigenvalues {
    const { t1S, t2S } = this.#node.memory;
    const waited = (half: HeldHalf) => memoryDecay(t1S, t2S, Math.max(0, measuredAt - half.emittedAt) / SECOND_NS);
    return multiply(multiply(waited(upstream), waited(downstream)), this.#measurementDecay);
  }

  #discard(now: Instant, effects: Effect[], side: Side, pair: string, reason: HalfEnd): void {
    this.#surroundings.memory(effects, {
      $case: "discard",
      discard: { pair, reason, requestId: "", pairSequence: 0, feedforwardMissed: false },
    });
    this.#forget(now, effects, side, pair);
  }

  /** Writes the discard record, and answers a TRACK that was already waiting for this half. */
  #forget(now: Instant, effects: Effect[], side: Side, pair: string): void {
    this.#discarded.set(pair, true);
    if (this.#parkedTracks.delete(pair)) this.#expireBack(now, effects, side, pair);
  }

  #expireBack(now: Instant, effects: Effect[], to: Side, pair: string): void {
    this.#surroundings.expire(now, effects, neighbour(this.#circuit, to), {
      circuit: this.#circuit.id,
      downstream: to === "downstream",
      linkCorrelator: pair,
      feedforwardMissed: false,
      requestId: "",
      pairSequence: 0,
    });
  }

  #setCutoff(effects: Effect[], half: HeldHalf): void {
    if (this.#circuit.cutoffNs === 0 || this.#cutoffSet) return;
    this.#cutoffSet = true;
    effects.push(effect.setTimer(this.cutoffTimer, after(half.emittedAt, this.#circuit.cutoffNs)));
  }
}
