import { SmallMap } from "@bellmesh/mesh";
import { linksOf, type Topology } from "@bellmesh/topology";
import type { InstalledCircuit } from "./installed-circuit.ts";
import type { Side } from "./virtual-circuit.ts";

/** Closed circuits remembered, so that an EXPIRE that comes late still finds what it voids. */
const CLOSED_MAX = 128;
/** A label is an EGP purpose id: 16 bits, 0 unused. */
const LABELS = 65_536;
/** How far apart the labels of two incarnations begin; a prime, so that many restarts come by before one repeats. */
const LABELS_PER_INCARNATION = 1021;

/** A circuit by one of its link labels. */
export interface Labelled {
  readonly installed: InstalledCircuit;
  /** On which side of this node the link lies. */
  readonly side: Side;
}

/** The circuits of one node, by id and by link label. */
export class CircuitTable {
  readonly #circuits = new Map<string, InstalledCircuit>();
  readonly #closed = new Set<InstalledCircuit>();
  /** By link, then by label. */
  readonly #labels = new Map<string, SmallMap<number, Labelled>>();
  readonly #nextLabel = new Map<string, number>();

  constructor(topology: Topology, node: string) {
    for (const { name, ends } of linksOf(topology, node)) {
      this.#labels.set(name, new SmallMap());
      this.#nextLabel.set(name, ends[0] === node ? 2 : 1);
    }
  }

  /** To be called before labels are taken: pairs made for a former incarnation must not be mistaken for ours. */
  start(incarnation: number): void {
    for (const [link, label] of this.#nextLabel) {
      const offset = (2 * LABELS_PER_INCARNATION * (incarnation - 1)) % LABELS;
      this.#nextLabel.set(link, (label + offset) % LABELS || 2);
    }
  }

  get(id: string): InstalledCircuit | undefined {
    return this.#circuits.get(id);
  }

  /** Every circuit, closed ones too. */
  all(): IterableIterator<InstalledCircuit> {
    return this.#circuits.values();
  }

  /** The circuit whose pairs carry this label on this link. */
  labelled(link: string, label: number): Labelled | undefined {
    return this.#labels.get(link)?.get(label);
  }

  /**
   * A label for a link downstream, chosen by its upstream node: even by the link's first node, odd by its second, so
   * that labels of the two directions never clash.
   * @returns undefined when all are in use.
   */
  takeLabel(link: string): number | undefined {
    const taken = this.#labels.get(link);
    const first = this.#nextLabel.get(link);
    if (!taken || first === undefined) throw new Error(`there is no link ${link} here`);
    let label: number = first;
    for (let tried = 0; tried < LABELS / 2; tried += 1) {
      const candidate = label;
      label = (candidate + 2) % LABELS || 2;
      if (taken.has(candidate)) continue;
      this.#nextLabel.set(link, label);
      return candidate;
    }
    return undefined;
  }

  add(installed: InstalledCircuit): void {
    this.#circuits.set(installed.circuit.id, installed);
    for (const [link, side, label] of labelsOf(installed)) this.#labels.get(link)?.set(label, { installed, side });
  }

  /** No new pairs reach the circuit; it is remembered for what is under way. */
  close(installed: InstalledCircuit): void {
    installed.state = "closing";
    for (const [link, , label] of labelsOf(installed)) this.#labels.get(link)?.delete(label);
    this.#closed.add(installed);
    for (const oldest of this.#closed) {
      if (this.#closed.size <= CLOSED_MAX) break;
      if (oldest.end !== undefined && oldest.end.held > 0) continue;
      this.#closed.delete(oldest);
      this.#circuits.delete(oldest.circuit.id);
    }
  }
}

function labelsOf({ circuit, labels }: InstalledCircuit): (readonly [link: string, side: Side, label: number])[] {
  const found: [string, Side, number][] = [];
  const { links, position } = circuit;
  if (labels.upstream !== undefined) found.push([links[position - 1] as string, "upstream", labels.upstream]);
  if (labels.downstream !== undefined) found.push([links[position] as string, "downstream", labels.downstream]);
  return found;
}
