import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { SignalRequest } from "@bellmesh/wire/network-layer";
import type { Step, Watcher } from "./watcher.ts";

/** Of one circuit: the nodes it leads through, and where it stands. */
interface Life {
  readonly nodes: readonly string[];
  /** PATH may be sent again. */
  readonly sentBy: Set<string>;
  readonly installedAt: Set<string>;
  readonly tornDownAt: Set<string>;
  rolledBack: boolean;
}

/**
 * How circuits come and go: reservations taken back, labels that wrap. Of all that is numbered in the mesh link labels
 * alone can wrap: they have the 16 bits of an EGP purpose id. Ids of CREATEs and queue places, and sequences of
 * exchanges of stamps, are uint32 in messages and begin at 1 with each start; incarnations are uint32 as well and grow
 * with each start. None of them comes near 2^32 in a run of 200,000 events. Sequences of pairs, cycles, events and
 * feedforward are uint64 in messages and numbers here, exact to 2^53: at a pair per microsecond that is 285 years.
 */
export class CircuitLives implements Watcher {
  readonly reached = { "rollback-of-reservation": 0, "sequence-wrap": 0 };
  readonly #circuits = new Map<string, Life>();
  /** The latest link label a node chose, by node and link. */
  readonly #labels = new Map<string, number>();

  step({ service, place, input, effects }: Step): void {
    if (service !== "network-layer") return;
    if (input.kind === "started") {
      for (const life of this.#circuits.values()) if (life.installedAt.delete(place)) life.tornDownAt.add(place);
      for (const key of this.#labels.keys()) if (key.startsWith(`${place} `)) this.#labels.delete(key);
    }
    for (const effect of effects) {
      if (effect.kind !== "send") continue;
      const { message } = effect.item as Partial<SignalRequest>;
      if (message?.$case !== "path") continue;
      const { circuit, nodes, links, linkLabel } = message.path;
      const life = this.#circuits.get(circuit) ?? begun(nodes);
      this.#circuits.set(circuit, life);
      if (life.sentBy.has(place)) continue;
      life.sentBy.add(place);
      this.#labelled(`${place} ${links[nodes.indexOf(place)]}`, linkLabel);
    }
  }

  record({ event }: LedgerEvent): void {
    if (event?.$case === "circuitInstalled") {
      this.#circuits.get(event.circuitInstalled.circuit)?.installedAt.add(event.circuitInstalled.node);
    } else if (event?.$case === "circuitTornDown")
      this.#tornDown(event.circuitTornDown.circuit, event.circuitTornDown.node);
  }

  #labelled(link: string, label: number): void {
    if (label < (this.#labels.get(link) ?? 0)) this.reached["sequence-wrap"] += 1;
    this.#labels.set(link, label);
  }

  #tornDown(circuit: string, node: string): void {
    const life = this.#circuits.get(circuit);
    if (!life) return;
    const head = life.nodes[0] as string;
    if (!life.rolledBack && !life.installedAt.has(head) && !life.tornDownAt.has(head)) {
      life.rolledBack = true;
      this.reached["rollback-of-reservation"] += 1;
    }
    life.installedAt.delete(node);
    life.tornDownAt.add(node);
  }
}

function begun(nodes: readonly string[]): Life {
  return { nodes, sentBy: new Set(), installedAt: new Set(), tornDownAt: new Set(), rolledBack: false };
}
