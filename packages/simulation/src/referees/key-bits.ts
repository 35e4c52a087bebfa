import { SmallSet } from "@bellmesh/mesh";
import type { Topology } from "@bellmesh/topology";
import type { HalfMeasured, HardwareChanged, PairFidelity } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { type Ordinal, ordinalOf, UNKNOWN } from "./entanglement.ts";
import { HalfTable } from "./half-table.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Pairs from which on a share of errors is judged. */
const PAIRS_MIN = 30;
/** So many standard errors above what is possible are no accident: once in 10⁹ of a normal law. */
const SIGMAS = 6;
const [Z_AXIS, X_AXIS] = [0, 1];

/** How likely, at most, a node's memory and readout turn a bit. */
interface Turning {
  readonly waitingPerS: number;
  readonly readout: number;
}

class MeasuredHalf {
  readonly row: HalfRow;
  isDelivered = false;
  measured: HalfMeasured | undefined;
  /** What nature has told of it and the half it is entangled with. */
  told: ToldPair | undefined;

  constructor(row: HalfRow) {
    this.row = row;
  }
}

/** In which Bell state two halves are, and how well. */
interface ToldPair {
  readonly first: MeasuredHalf;
  readonly second: MeasuredHalf;
  readonly announced: Ordinal;
  readonly infidelity: number;
  readonly firstDeliveredNs: number;
  readonly secondDeliveredNs: number;
}

/**
 * A half gives one bit, once, and only where it was delivered; and bits that both ends of a pair got by the same axis
 * agree, relabelled by the Bell index of which nature told the fidelity, but for as many errors as are possible. An
 * error is at most as likely as p, the sum of the pair's true infidelity and, at each end, of its readout's larger
 * error and of t/T1 + t/T2 for the time t since the later delivery; pairs of which p is a half or more are left out.
 * Of 30 and more at most Σp + 6·√Σp(1 − p) + 1 may disagree. Whether keys made of them are equal and used once there
 * is nobody to say: no service makes keys. Where no half was measured there is nothing to judge.
 */
export class KeyBits implements Referee {
  readonly name = "key-bits";
  readonly reads: Readings = {
    pairHeralded: (heralded) => {
      const row = this.#halves.enter(heralded);
      if (row) this.#halves.add(row, new MeasuredHalf(row.first), new MeasuredHalf(row.second));
    },
    halfDelivered: ({ pair, node }) => {
      const half = this.#halves.half(pair, node);
      if (!half) return;
      half.isDelivered = true;
      this.#undelivered.delete(half);
      this.#halves.end(half.row);
    },
    pairsSwapped: ({ upstreamPair, downstreamPair, node }) => {
      this.#end(upstreamPair, node);
      this.#end(downstreamPair, node);
    },
    halfEnded: ({ pair, node }) => this.#end(pair, node),
    pairFidelity: (told) => this.#entangle(told),
    halfMeasured: (measured, { at }) => this.#measure(measured, at),
    hardwareChanged: (changed) => this.#changeHardware(changed),
  };
  /** By node: the worst its hardware has been. */
  readonly #turning = new Map<string, Turning>();
  readonly #halves: HalfTable<MeasuredHalf>;
  readonly #undelivered = new SmallSet<MeasuredHalf>();
  readonly #violations: Violation[] = [];
  #count = 0;
  #errors = 0;
  #possible = 0;
  #variance = 0;
  #bits = 0;
  #lastNs = 0;
  #unclear = false;

  constructor(pairs: PairDirectory, { nodes }: Topology) {
    this.#halves = new HalfTable(pairs);
    for (const { name, memory, readout } of nodes) {
      const waitingPerS = 1 / memory.t1S + 1 / memory.t2S;
      this.#turning.set(name, { waitingPerS, readout: Math.max(readout.p01, readout.p10) });
    }
  }

  verdict(atQuiescence: boolean): Verdict {
    if (this.#bits === 0) return { ...verdictOf(this.name, [], true), idle: true };
    const violations = [...this.#violations];
    for (const { row } of atQuiescence ? this.#undelivered.all() : []) {
      const message = `was measured at ${row.node}, but never delivered there`;
      violations.push({ pair: row.pair, atNs: this.#lastNs, message });
    }
    const mostErrors = this.#possible + SIGMAS * Math.sqrt(this.#variance) + 1;
    if (this.#count >= PAIRS_MIN && this.#errors > mostErrors) {
      const share = `${this.#errors} of ${this.#count} bits disagree`;
      const message = `${share}, where at most ${this.#possible.toFixed(1)} can be expected`;
      violations.push({ atNs: this.#lastNs, message });
    }
    return verdictOf(this.name, violations, this.#unclear || (!atQuiescence && this.#undelivered.size > 0));
  }

  #entangle(told: PairFidelity): void {
    const first = this.#halves.half(told.firstPair, told.firstNode);
    const second = this.#halves.half(told.secondPair, told.secondNode);
    if (!first || !second) return;
    const parts = told.isSample ? (told.samplePpt ?? 0) : told.fidelityPpt;
    first.told = {
      first,
      second,
      announced: ordinalOf(told.announced),
      infidelity: Math.max(0, 1 - parts / 1e12),
      firstDeliveredNs: told.firstDeliveredAt,
      secondDeliveredNs: told.secondDeliveredAt,
    };
    second.told = first.told;
  }

  #measure(measured: HalfMeasured, atNs: number): void {
    const { pair, node } = measured;
    this.#bits += 1;
    this.#lastNs = atNs;
    const half = this.#halves.half(pair, node);
    if (!half) {
      if (this.#halves.wasForgotten(pair)) this.#unclear = true;
      else this.#violations.push({ pair, atNs, message: `was measured at ${node}, where no half of it was heralded` });
      return;
    }
    if (half.measured) {
      this.#violations.push({ pair, atNs, message: `was measured twice at ${node}` });
      return;
    }
    half.measured = measured;
    if (!half.isDelivered) this.#undelivered.add(half);
    if (half.told) this.#compare(half, half.told);
  }

  #compare(half: MeasuredHalf, { first, second, announced, infidelity }: ToldPair): void {
    const other = half === second ? first : second;
    const [mine, theirs] = [half.measured, other.measured];
    if (!mine || !theirs || mine.axis !== theirs.axis || announced === UNKNOWN) return;
    const laterNs = Math.max(deliveredNs(half), deliveredNs(other));
    const possible = infidelity + this.#lossOf(mine, laterNs) + this.#lossOf(theirs, laterNs);
    if (possible >= 0.5) return;
    this.#count += 1;
    this.#possible += possible;
    this.#variance += possible * (1 - possible);
    if ((mine.bit === theirs.bit) === areOpposite(announced, mine.axis)) this.#errors += 1;
  }

  /** At most so likely is a bit turned by waiting after the delivery and by its readout. */
  #lossOf({ node, measuredAt }: HalfMeasured, sinceNs: number): number {
    const turning = this.#turning.get(node);
    return turning ? turning.readout + (Math.max(0, measuredAt - sinceNs) / 1e9) * turning.waitingPerS : 0.5;
  }

  #changeHardware({ node, memory, readout }: HardwareChanged): void {
    const before = this.#turning.get(node);
    if (!before || !memory || !readout) return;
    const perS = (lifetimeNs: number) => (lifetimeNs === 0 ? 0 : 1e9 / lifetimeNs);
    this.#turning.set(node, {
      waitingPerS: Math.max(before.waitingPerS, perS(memory.t1Ns) + perS(memory.t2Ns)),
      readout: Math.max(before.readout, readout.p01Ppt / 1e12, readout.p10Ppt / 1e12),
    });
  }

  #end(pair: string, node: string): void {
    const half = this.#halves.half(pair, node);
    if (half) this.#halves.end(half.row);
  }
}

/** Whether the bits of a pair in the Bell state k = 2z + x, measured along one axis at both ends, are opposite. */
function areOpposite(k: Ordinal, axis: number): boolean {
  const [x, z] = [(k & 1) === 1, (k & 2) === 2];
  if (axis === Z_AXIS) return x;
  return axis === X_AXIS ? z : x === z;
}

/** When it was, by what nature has told last; 0 where that is nothing. */
function deliveredNs(half: MeasuredHalf): number {
  const { told } = half;
  if (!told) return 0;
  return half === told.second ? told.secondDeliveredNs : told.firstDeliveredNs;
}
