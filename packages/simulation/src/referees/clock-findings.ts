import type { ClockChecked } from "@bellmesh/wire/ledger";

/** A clock that something has happened to is found to be off, and turned back, within this. */
const BEFORE_NS = 30e9;
const AFTER_NS = 10e9;

interface Finding {
  readonly atNs: number;
  readonly offNs: number;
}

/**
 * What clocks were found to be off by, once they had been trusted: by nature, which alone knows two clocks. A clock
 * that is stepped, or steered back, is wrong by no more than that between two readings of its own.
 */
export class ClockFindings {
  readonly #trusted = new Set<string>();
  readonly #findings = new Map<string, Finding[]>();

  /** Of two clocks that have parted either may be the one that something has happened to. */
  add({ node, grandmaster, offsetPs, promisesPs }: ClockChecked, atNs: number): void {
    if (this.#trusted.has(node))
      for (const name of [node, grandmaster]) this.#of(name).push({ atNs, offNs: offsetPs / 1000 });
    if (promisesPs > 0) this.#trusted.add(node);
  }

  /** The most that the clock of this node was found to be off by around this instant, in ns; 0: by nothing. */
  largestNs(node: string, atNs: number): number {
    return (this.#findings.get(node) ?? [])
      .filter((found) => found.atNs >= atNs - BEFORE_NS && found.atNs <= atNs + AFTER_NS)
      .reduce((largest, { offNs }) => Math.max(largest, offNs), 0);
  }

  #of(node: string): Finding[] {
    const findings = this.#findings.get(node) ?? [];
    this.#findings.set(node, findings);
    return findings;
  }
}
