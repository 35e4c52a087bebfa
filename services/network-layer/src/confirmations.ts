import { type Effect, RecentMap } from "@bellmesh/mesh";
import type { Settle } from "@bellmesh/wire/node-controller";
import type { MemoryConnection } from "./memory-connection.ts";
import type { Neighbours } from "./neighbours.ts";
import type { VirtualCircuit } from "./virtual-circuit.ts";

const REQUESTS_MIN = 1024;

interface Pending {
  readonly circuit: VirtualCircuit;
  readonly sum: number;
}

/**
 * CONFIRM of the requests whose tail-end this node is. All that was asked has been ordered to be delivered; the
 * head-end is told when the memory has done it, and not before: a half may have been lost meanwhile.
 */
export class Confirmations {
  readonly #memory: MemoryConnection;
  readonly #neighbours: Neighbours;
  readonly #pending = new RecentMap<Pending>(REQUESTS_MIN);

  constructor(memory: MemoryConnection, neighbours: Neighbours) {
    this.#memory = memory;
    this.#neighbours = neighbours;
  }

  /** @param sum of the numbers of the pairs that stand, where they are all that was asked. */
  counted(effects: Effect[], circuit: VirtualCircuit, requestId: string, sum: number | undefined): void {
    if (sum === undefined) {
      this.#pending.delete(requestId);
      return;
    }
    this.#pending.set(requestId, { circuit, sum });
    this.#memory.send(effects, { $case: "settle", settle: { requestId, pairSequencesSum: sum } });
  }

  /** The memory has carried out what it was ordered to deliver for a request, and has said what of it was lost. */
  settled(effects: Effect[], { requestId, pairSequencesSum }: Settle): void {
    const pending = this.#pending.get(requestId);
    if (pending?.sum !== pairSequencesSum) return;
    this.#pending.delete(requestId);
    const { circuit } = pending;
    const confirm = { circuit: circuit.id, requestId, pairSequencesSum };
    this.#neighbours.up(effects, circuit, { $case: "confirm", confirm });
  }
}
