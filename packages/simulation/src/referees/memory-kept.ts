import { bellMeasurementNs, nodeNamed, type Topology } from "@bellmesh/topology";
import type { LedgerEvent, PairsSwapped } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { ClockFindings } from "./clock-findings.ts";
import { HalfTable } from "./half-table.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Whole nanoseconds, of a node's clock and of its timers. */
const ROUNDING_NS = 10;

class AgingHalf {
  readonly row: HalfRow;
  readonly emittedNs: number;

  constructor(row: HalfRow, emittedNs: number) {
    this.row = row;
    this.emittedNs = emittedNs;
  }
}

interface LateSwap {
  readonly violation: Violation;
  readonly node: string;
  readonly swappedAtNs: number;
  /** Beyond everything that is allowed for. */
  readonly excessNs: number;
}

/**
 * A node holds no more halves of a link than it has slots for, no more in storage than that has, and a repeater
 * measures no half that is older than the network's cutoff. Its age counts from its emission, in true time; what its
 * clock may be off by is allowed for, also where something has happened to it and it was found to be off by more, and
 * the gates that may be under way when the cutoff comes.
 */
export class MemoryKept implements Referee {
  readonly name = "memory-kept";
  readonly reads: Readings;
  readonly #topology: Topology;
  readonly #cutoffNs: number;
  readonly #halves: HalfTable<AgingHalf>;
  readonly #slots = new Map<string, number>();
  readonly #allowances = new Map<string, number>();
  readonly #findings = new ClockFindings();
  readonly #lateSwaps: LateSwap[] = [];
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory, topology: Topology) {
    this.#halves = new HalfTable(pairs);
    this.#topology = topology;
    this.#cutoffNs = topology.cutoffS === undefined ? Number.POSITIVE_INFINITY : topology.cutoffS * 1e9;
    this.reads =
      this.#cutoffNs < Number.POSITIVE_INFINITY ? { ...this.#ofSlots(), ...this.#ofAges() } : this.#ofSlots();
    for (const { name, memory } of topology.nodes) this.#slots.set(name, memory.communicationSlots);
  }

  verdict(_atQuiescence: boolean): Verdict {
    const late = this.#lateSwaps.filter(
      ({ node, swappedAtNs, excessNs }) => excessNs > this.#findings.largestNs(node, swappedAtNs),
    );
    return verdictOf(this.name, [...this.#violations, ...late.map(({ violation }) => violation)], this.#unclear);
  }

  #ofSlots(): Readings {
    return {
      halfStored: ({ pair, node, slot }, { at }) => {
        const slots = this.#slots.get(node) ?? 0;
        if (slot < slots) return;
        const message = `was put into slot ${slot} of ${node}, which has ${slots} (from 0 on)`;
        this.#violations.push({ pair, atNs: at, message });
      },
      halfMoved: ({ pair, node, storageSlot }, { at }) => {
        const slots = nodeNamed(this.#topology, node)?.memory.storage?.slots ?? 0;
        if (storageSlot < slots) return;
        const message = `was moved into storage slot ${storageSlot} of ${node}, which has ${slots} (from 0 on)`;
        this.#violations.push({ pair, atNs: at, message });
      },
    };
  }

  /** Nobody asks for ages where there is no cutoff. */
  #ofAges(): Readings {
    return {
      pairHeralded: (heralded) => {
        const row = this.#halves.enter(heralded);
        if (!row) return;
        const { firstEmitted, secondEmitted } = heralded;
        this.#halves.add(row, new AgingHalf(row.first, firstEmitted), new AgingHalf(row.second, secondEmitted));
      },
      pairsSwapped: (swapped, told) => this.#swap(told, swapped),
      clockChecked: (checked, { at }) => this.#findings.add(checked, at),
      halfDelivered: ({ pair, node }) => this.#end(pair, node),
      halfEnded: ({ pair, node }) => this.#end(pair, node),
    };
  }

  #swap({ at, uncertaintyNs }: LedgerEvent, { node, upstreamPair, downstreamPair, measuredAt }: PairsSwapped): void {
    for (const pair of [upstreamPair, downstreamPair]) {
      const half = this.#halves.half(pair, node);
      if (!half) {
        this.#unclear ||= this.#halves.wasForgotten(pair);
        continue;
      }
      const ageNs = measuredAt - half.emittedNs;
      const excessNs = ageNs - this.#cutoffNs - this.#allowanceOf(node) - uncertaintyNs;
      if (excessNs > 0) {
        const message = `was swapped at ${node} at the age of ${ageNs} ns, beyond its cutoff of ${this.#cutoffNs} ns`;
        const violation = { pair, atNs: at, message };
        this.#lateSwaps.push({ violation, node, swappedAtNs: measuredAt, excessNs });
      }
      this.#halves.end(half.row);
    }
  }

  #end(pair: string, node: string): void {
    const half = this.#halves.half(pair, node);
    if (half) this.#halves.end(half.row);
  }

  /** A clock that is off by its initial offset all the time is off by nothing between two readings. */
  #allowanceOf(node: string): number {
    let allowanceNs = this.#allowances.get(node);
    if (allowanceNs === undefined) {
      const found = nodeNamed(this.#topology, node);
      const { clock } = this.#topology;
      const clockNs = (6 * clock.stampJitterPs) / 1000;
      allowanceNs = (found ? bellMeasurementNs(found) : 0) + clockNs + ROUNDING_NS;
      this.#allowances.set(node, allowanceNs);
    }
    return allowanceNs;
  }
}
