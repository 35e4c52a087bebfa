import {
  afterDecay,
  type BellMeasurementNoise,
  combine,
  type HalfDecay,
  joined,
  type PairQuality,
} from "@bellmesh/bell";
import { type Effect, effect, RecentMap, SmallMap } from "@bellmesh/mesh";
import { bellMeasurementNoiseOf, bellMeasurementNs, type NodeHardware } from "@bellmesh/topology";
import { after, type Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import { HalfEnd, type Swapped } from "@bellmesh/wire/node-controller";
import { noQuality } from "./claimed-fidelity.ts";
import {
  type HeldHalf,
  neighbour,
  opposite,
  type Side,
  type Surroundings,
  type VirtualCircuit,
} from "./virtual-circuit.ts";

/**
 * Swap and discard records remembered. The ends hold few halves at a time, so a record this old has been used by
 * both TRACKs, or its half was given up long ago.
 */
const RECORDS_MIN = 2048;
/** TRACKs that wait for a swap here; one more, and the one that waited longest is answered with EXPIRE. */
const PARKED_TRACKS_MAX = 1024;

const sides = ["upstream", "downstream"] as const;

/** Two halves given to the node-controller to be swapped. */
interface Swapping {
  readonly upstream: HeldHalf;
  readonly downstream: HeldHalf;
}

/** One half of a swap. */
interface SwappedHalf {
  readonly pair: string;
  /** Its pair's index with the outcome of the swap. */
  readonly index: BellIndex;
  /** What waiting has left of it. */
  readonly waited: HalfDecay;
  /** What its pair was worth when it was measured. */
  readonly worth: PairQuality;
}

/** The swap of two halves: what a TRACK crossing it must take along. */
interface SwapRecord extends Readonly<Record<Side, SwappedHalf>> {
  readonly measuredAt: Instant;
  readonly noise: BellMeasurementNoise;
}

interface ParkedTrack {
  readonly track: Track;
  readonly measuredAt: Instant;
  readonly notAfter: number;
}

/**
 * A repeater's part of a circuit: swaps as soon as both sides hold a half, oldest with oldest, waiting for no
 * message; then leads every TRACK across its swap record (Kozlowski, Dahlberg & Wehner, CoNEXT 2020).
 */
export class SwapPoint {
  readonly cutoffTimer: string;
  readonly #circuit: VirtualCircuit;
  readonly #hardware: NodeHardware;
  readonly #surroundings: Surroundings;
  /** Halves without a partner, oldest first; never on both sides at once. */
  readonly #waiting: Record<Side, HeldHalf[]> = { upstream: [], downstream: [] };
  /** Halves given to the node-controller for swapping, by either pair. */
  readonly #swapping = new SmallMap<string, Swapping>();
  /** By either pair. They outlive both TRACKs, for an EXPIRE that may still come through. */
  readonly #records = new RecentMap<SwapRecord>(2 * RECORDS_MIN);
  readonly #discarded = new RecentMap<true>(RECORDS_MIN);
  readonly #parkedTracks = new SmallMap<string, ParkedTrack>();
  readonly #parkedExpires = new Map<string, Expire>();
  #cutoffSet = false;

  constructor(circuit: VirtualCircuit, hardware: NodeHardware, surroundings: Surroundings) {
    this.#circuit = circuit;
    this.#hardware = hardware;
    this.#surroundings = surroundings;
    this.cutoffTimer = `cutoff:${circuit.id}`;
  }

  /** What stands here and has not come to an end: halves, and messages parked for halves. */
  get held(): { readonly waiting: number; readonly swapping: number; readonly parked: number } {
    const waiting = this.#waiting.upstream.length + this.#waiting.downstream.length;
    const parked = this.#parkedTracks.size + this.#parkedExpires.size;
    return { waiting, swapping: this.#swapping.size / 2, parked };
  }

  // ——— Halves ———

  /** A link pair of the circuit is here. `active`: some request still wants pairs. */
  linkOk(now: Instant, effects: Effect[], side: Side, half: HeldHalf, active: boolean): void {
    if (!active || this.#discarded.has(half.pair) || this.#isTooOld(now, half)) {
      this.#discard(now, effects, side, half.pair, HalfEnd.DISCARDED);
      return;
    }
    // Its timer may come late, where the process has stood still.
    this.#discardTooOld(now, effects);
    const partner = this.#waiting[opposite(side)].shift();
    if (!partner) {
      this.#waiting[side].push(half);
      this.#setCutoff(effects, half);
      if (this.#hardware.at(now).memory.storage) {
        this.#surroundings.memory(effects, { $case: "moveHalf", moveHalf: { pair: half.pair } });
      }
      return;
    }
    const swapping =
      side === "upstream" ? { upstream: half, downstream: partner } : { upstream: partner, downstream: half };
    const [upstreamPair, downstreamPair] = [swapping.upstream.pair, swapping.downstream.pair];
    this.#swapping.set(upstreamPair, swapping);
    this.#swapping.set(downstreamPair, swapping);
    const { cutoffNs } = this.#circuit;
    const older = Math.min(half.emittedAt, partner.emittedAt) as Instant;
    const notAfter = cutoffNs === 0 ? 0 : after(older, cutoffNs);
    const swap = { circuit: this.#circuit.id, upstreamPair, downstreamPair, notAfter };
    this.#surroundings.memory(effects, { $case: "swap", swap });
  }

  /** The node-controller has measured: TRACKs and EXPIREs that were waiting go on. */
  swapped(now: Instant, effects: Effect[], { upstreamPair, downstreamPair, outcome, measuredAt }: Swapped): void {
    const halves = this.#swapping.get(upstreamPair);
    if (!halves || halves.downstream.pair !== downstreamPair || !outcome) return; // given up meanwhile
    this.#swapping.delete(upstreamPair);
    this.#swapping.delete(downstreamPair);
    // While they are measured, halves lose what the gate and the readout take, and no more.
    const begunAt = measuredAt - bellMeasurementNs(this.#hardware.at(measuredAt));
    const record: SwapRecord = {
      upstream: this.#swapped(halves.upstream, outcome, begunAt),
      downstream: this.#swapped(halves.downstream, outcome, begunAt),
      measuredAt: measuredAt as Instant,
      noise: bellMeasurementNoiseOf(this.#hardware.at(begunAt)),
    };
    this.#records.set(upstreamPair, record);
    this.#records.set(downstreamPair, record);
    for (const side of sides) {
      const { pair } = record[side];
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

  /** The half is being moved into storage. */
  moving(pair: string, startedAt: Instant): void {
    const swapping = this.#swapping.get(pair);
    const halves = swapping ? [swapping.upstream, swapping.downstream] : sides.flatMap((side) => this.#waiting[side]);
    const half = halves.find((one) => one.pair === pair);
    if (half) half.movedAt = startedAt;
  }

  /** The node-controller does not hold this half: it is lost, and its partner in a swap with it. */
  lost(now: Instant, effects: Effect[], pair: string): void {
    const halves = this.#swapping.get(pair);
    if (halves) {
      this.#giveUpSwap(now, effects, halves);
      return;
    }
    for (const side of sides) {
      const at = this.#waiting[side].findIndex((half) => half.pair === pair);
      if (at === -1) continue;
      this.#waiting[side].splice(at, 1);
      this.#forget(now, effects, side, pair);
    }
  }

  /** The link pair is void, by EXPIRE of either layer; it may not even have been announced yet. */
  voided(now: Instant, effects: Effect[], side: Side, pair: string): void {
    if (this.#swapping.has(pair) || this.#records.has(pair)) return; // the TRACK will find no pair at the end
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
    this.#discardTooOld(now, effects);
    const oldest = this.#waiting.upstream[0] ?? this.#waiting.downstream[0];
    if (oldest) this.#setCutoff(effects, oldest);
  }

  /** No request wants pairs any longer: what waits is discarded; records stay for the TRACKs under way. */
  clear(now: Instant, effects: Effect[]): void {
    for (const side of sides) {
      for (const half of this.#waiting[side].splice(0)) {
        this.#discard(now, effects, side, half.pair, HalfEnd.DISCARDED);
      }
    }
  }

  /** The node's memory has gone, and every half here with it. */
  abandon(now: Instant, effects: Effect[]): void {
    for (const halves of new Set(this.#swapping.values())) this.#giveUpSwap(now, effects, halves);
    this.clear(now, effects);
  }

  // ——— Messages about pairs ———

  /** TRACK: crosses the swap record, meets a discard record, or is parked until there is one. */
  track(now: Instant, effects: Effect[], track: Track, measuredAt: Instant, notAfter: number): void {
    const pair = track.linkCorrelator;
    const from: Side = track.downstream ? "upstream" : "downstream";
    const record = this.#records.get(pair);
    if (record) {
      // A pair of the other side's link has no business coming from this side.
      if (record[from].pair === pair) this.#forward(now, effects, record, from, { track, measuredAt, notAfter });
    } else if (this.#discarded.has(pair)) {
      this.#expireBack(now, effects, from, pair);
    } else {
      this.#parkedTracks.set(pair, { track, measuredAt, notAfter });
      if (this.#parkedTracks.size > PARKED_TRACKS_MAX) this.#unpark(now, effects);
    }
  }

  /** EXPIRE: goes on over the swap, or voids the half that still waits for one. */
  expire(now: Instant, effects: Effect[], expire: Expire): void {
    const pair = expire.linkCorrelator;
    const side: Side = expire.downstream ? "upstream" : "downstream";
    const record = this.#records.get(pair);
    if (record) {
      const onward = opposite(side);
      const crossed = { ...expire, linkCorrelator: record[onward].pair };
      this.#surroundings.expire(now, effects, neighbour(this.#circuit, onward), crossed);
    } else if (this.#swapping.has(pair)) {
      this.#parkedExpires.set(pair, expire);
    } else {
      this.voided(now, effects, side, pair);
    }
  }

  #discardTooOld(now: Instant, effects: Effect[]): void {
    for (const side of sides) {
      const waiting = this.#waiting[side];
      while (waiting[0] && this.#isTooOld(now, waiting[0])) {
        this.#discard(now, effects, side, (waiting.shift() as HeldHalf).pair, HalfEnd.DISCARDED);
      }
    }
  }

  #isTooOld(now: Instant, { emittedAt }: HeldHalf): boolean {
    const { cutoffNs } = this.#circuit;
    return cutoffNs > 0 && after(emittedAt, cutoffNs) <= now;
  }

  #forward(now: Instant, effects: Effect[], record: SwapRecord, from: Side, parked: ParkedTrack): void {
    const { track, measuredAt, notAfter } = parked;
    const onward = opposite(from);
    const next = record[onward];
    const forwarded: Track = {
      ...track,
      linkCorrelator: next.pair,
      // An index that is not known stays so: absent is not Φ+.
      outcome: track.outcome && combine(track.outcome, next.index),
      quality: joined(afterDecay(track.quality ?? noQuality, 1, record[from].waited), record.noise, next.worth),
    };
    const latest = Math.max(measuredAt, record.measuredAt) as Instant;
    this.#surroundings.track(now, effects, neighbour(this.#circuit, onward), forwarded, latest, notAfter);
  }

  #swapped({ pair, bellIndex, goodness, emittedAt, movedAt }: HeldHalf, by: BellIndex, begunAt: number): SwappedHalf {
    const waited = this.#hardware.halfDecay(emittedAt, movedAt, begunAt);
    return { pair, index: combine(bellIndex, by), waited, worth: afterDecay(goodness, 0, waited) };
  }

  #giveUpSwap(now: Instant, effects: Effect[], halves: Swapping): void {
    for (const side of sides) {
      const { pair } = halves[side];
      this.#swapping.delete(pair);
      this.#parkedExpires.delete(pair); // its sender has given the pair up; the discard record tells the other end
      this.#discard(now, effects, side, pair, HalfEnd.DISCARDED);
    }
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

  /** The TRACK parked longest is for a half that will not come: it is answered as one that met a discard record. */
  #unpark(now: Instant, effects: Effect[]): void {
    for (const { track } of this.#parkedTracks.values()) {
      const pair = track.linkCorrelator;
      if (this.#isHere(pair)) continue;
      this.#forget(now, effects, track.downstream ? "upstream" : "downstream", pair);
      return;
    }
  }

  #isHere(pair: string): boolean {
    if (this.#swapping.has(pair)) return true;
    return sides.some((side) => this.#waiting[side].some((half) => half.pair === pair));
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
