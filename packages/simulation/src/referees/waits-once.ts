import type { Topology, TopologyNode } from "@bellmesh/topology";
import type { HardwareChanged, MemoryParameters, PairFidelity } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { PairTable } from "./pair-table.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Terms of a budget are rounded to parts per 10¹². */
const ROUNDING = 2e-12;
/** Relative: what the arithmetic of nature and ours may differ by. */
const ARITHMETIC = 1e-9;

/** When the halves of a link pair were emitted. */
interface Emission {
  readonly firstNode: string;
  readonly firstNs: number;
  readonly secondNs: number;
}

/**
 * A qubit decoheres once for every stretch of time: what nature says that the waiting of a delivered half took from its
 * pair is no more than its node's memory can take from the emission of the half to the later of the two deliveries. A
 * memory takes most in the beginning: ½ · (1 − e^(−t/T2)) + ¼ · (1 − e^(−t/T1)) ≤ t · (1/(2 · T2) + 1/(4 · T1)),
 * however the time is cut into pieces. The shortest T1 and T2 count that a node has had. Not judged are nodes whose
 * qubits dephase with every attempt at another pair, and what waited at repeaters.
 */
export class WaitsOnce implements Referee {
  readonly name = "waits-once";
  readonly reads: Readings = {
    pairHeralded: (heralded) => {
      const { firstNode, firstEmitted: firstNs, secondEmitted: secondNs } = heralded;
      this.#emissions.jot(heralded, { firstNode, firstNs, secondNs });
    },
    hardwareChanged: (changed) => this.#change(changed),
    pairFidelity: (delivered, { at }) => {
      const { firstPair, firstNode, secondPair, secondNode, budget } = delivered;
      // The budget begins with the waits of the delivered halves, in their order.
      const first = budget?.waits[0];
      const second = budget?.waits[1];
      if (first?.node === firstNode) this.#judge(firstPair, firstNode, first.lossPpt, delivered, at);
      if (second?.node === secondNode) this.#judge(secondPair, secondNode, second.lossPpt, delivered, at);
    },
  };
  /** By node: the share lost in a nanosecond; Infinity where it is not known. */
  readonly #lossRates = new Map<string, number>();
  readonly #emissions: PairTable<Emission>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory, { nodes }: Topology) {
    this.#emissions = new PairTable(pairs);
    for (const node of nodes) this.#lossRates.set(node.name, lossRate(node));
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, this.#unclear);
  }

  #change({ node, memory, storage }: HardwareChanged): void {
    const slots = [memory, storage].map((changed) => (changed ? lossRateOf(changed) : 0));
    const rate = memory && memory.attemptDephasingPpt > 0 ? Number.POSITIVE_INFINITY : Math.max(...slots);
    this.#lossRates.set(node, Math.max(rate, this.#lossRates.get(node) ?? Number.POSITIVE_INFINITY));
  }

  #judge(pair: string, node: string, lossPpt: number, delivered: PairFidelity, atNs: number): void {
    const emission = this.#emissions.get(pair);
    if (!emission) {
      this.#unclear = true;
      return;
    }
    const emittedNs = emission.firstNode === node ? emission.firstNs : emission.secondNs;
    const untilNs = Math.max(delivered.firstDeliveredAt, delivered.secondDeliveredAt);
    const rate = this.#lossRates.get(node) ?? Number.POSITIVE_INFINITY;
    if (rate === Number.POSITIVE_INFINITY) return;
    const most = Math.max(0, untilNs - emittedNs) * rate;
    const loss = lossPpt / 1e12;
    if (loss <= most * (1 + ARITHMETIC) + ROUNDING) return;
    const message = `lost ${loss} by waiting at ${node} for ${untilNs - emittedNs} ns, which can take ${most} at most`;
    this.#violations.push({ pair, atNs, message });
  }
}

function lossRate({ memory }: TopologyNode): number {
  if (memory.attemptDephasing > 0) return Number.POSITIVE_INFINITY;
  const slots = memory.storage ? [memory, memory.storage] : [memory];
  return Math.max(...slots.map(({ t1S, t2S }) => lossIn(t1S * 1e9, t2S * 1e9)));
}

/** 0 is a time that never ends. */
function lossRateOf({ t1Ns, t2Ns }: Pick<MemoryParameters, "t1Ns" | "t2Ns">): number {
  return lossIn(t1Ns || Number.POSITIVE_INFINITY, t2Ns || Number.POSITIVE_INFINITY);
}

function lossIn(t1Ns: number, t2Ns: number): number {
  return 1 / (2 * t2Ns) + 1 / (4 * t1Ns);
}
