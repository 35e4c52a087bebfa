import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { objections, type SimulationOptions, simulate } from "@bellmesh/simulation";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { shortenedLine } from "../physics/shortened-line.ts";

const always = { atNs: 0, forNs: Number.POSITIVE_INFINITY, target: { subject: ">" } } as const;

/** So many messages are lost, one in ten doubled, three in ten held back by up to some ten light times of a link. */
function lossyBus(loss: number): readonly FaultEntry[] {
  return [
    { ...always, kind: "loss", args: { probability: loss } },
    { ...always, kind: "duplication", args: { probability: 0.1, delayNs: 300_000 } },
    { ...always, kind: "reorder", args: { probability: 0.3, maxDelayNs: 600_000 } },
  ];
}

/** What is asked of a lossy bus. */
export interface LossyAsk extends Pick<SimulationOptions, "minFidelity" | "missPolicy" | "graceNs" | "finalState"> {
  /** Share of messages lost; 0.1 by default. */
  readonly loss?: number;
  readonly cutoffS?: number;
}

export const PAIRS = 50;

/** Three to five nodes, by the seed. */
export const nodesOf = (seed: number): number => 3 + (seed % 3);

/**
 * Asks for pairs over a line on a lossy bus; with a minimum fidelity late feedforward is given up by EXPIRE.
 * @returns what is wrong with the run; nothing when all is well.
 */
export function faultsOf(seed: number, { loss = 0.1, cutoffS, ...ask }: LossyAsk = {}): readonly string[] {
  const nodes = nodesOf(seed);
  const parity = new DeliveredParity();
  const line = shortenedLine("bench-line-5", nodes);
  const { delivered, verdicts, message } = simulate({
    topology: cutoffS === undefined ? line : { ...line, cutoffS },
    from: "n0",
    to: `n${nodes - 1}`,
    pairs: PAIRS,
    seed,
    faults: lossyBus(loss),
    ...ask,
    untilNs: 120e9,
    onEvent: (event) => parity.observe(event),
  });
  const wrong = [...parity.wrong()];
  if (delivered !== PAIRS) wrong.push(`${delivered} of ${PAIRS} pairs were delivered: ${message}`);
  for (const { name, verdict, violations } of objections(verdicts)) {
    wrong.push(`${name} is ${verdict}: ${violations.map((found) => found.message).join("; ")}`);
  }
  return wrong;
}

/** Compares what both ends announced with nature's own index, without the referees. */
class DeliveredParity {
  readonly #announced = new Map<string, BellIndex | undefined>();
  readonly #intended: { readonly halves: readonly [string, string]; readonly intended: BellIndex | undefined }[] = [];

  observe({ event }: LedgerEvent): void {
    switch (event?.$case) {
      case "halfDelivered":
        this.#announced.set(
          `${event.halfDelivered.pair} at ${event.halfDelivered.node}`,
          event.halfDelivered.bellIndex,
        );
        break;
      case "halfUpgraded":
        this.#announced.set(`${event.halfUpgraded.pair} at ${event.halfUpgraded.node}`, event.halfUpgraded.bellIndex);
        break;
      case "halfRetracted":
        this.#announced.delete(`${event.halfRetracted.pair} at ${event.halfRetracted.node}`);
        break;
      case "pairFidelity": {
        const { firstPair, firstNode, secondPair, secondNode, intended } = event.pairFidelity;
        const halves = [`${firstPair} at ${firstNode}`, `${secondPair} at ${secondNode}`] as const;
        this.#intended.push({ halves, intended });
        break;
      }
    }
  }

  *wrong(): Generator<string> {
    let kept = 0;
    for (const { halves, intended } of this.#intended) {
      const held = halves.filter((half) => this.#announced.has(half));
      if (held.length === 1) yield `${held[0]} was kept although ${halves.join(", ")} were retracted`;
      if (held.length < 2) continue;
      kept += 1;
      for (const half of halves) {
        const index = this.#announced.get(half);
        if (!intended || !index || index.x !== intended.x || index.z !== intended.z) {
          yield `${half} was announced as ${JSON.stringify(index)}, it is ${JSON.stringify(intended)}`;
        }
      }
    }
    if (kept !== PAIRS) yield `${kept} pairs are held at both ends, not ${PAIRS}`;
    if (this.#announced.size !== 2 * PAIRS) yield `${this.#announced.size} halves are held, not ${2 * PAIRS}`;
  }
}
