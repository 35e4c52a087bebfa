import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import type { CircuitTable } from "./circuit-table.ts";
import { farNameIn } from "./finished-pairs.ts";
import { nodeOn } from "./installed-circuit.ts";
import type { Surroundings } from "./virtual-circuit.ts";

/** What is said about pairs, brought to the circuits it is for; from the right neighbour only. */
export class CircuitTraffic {
  readonly #table: CircuitTable;
  readonly #surroundings: Surroundings;

  constructor(table: CircuitTable, surroundings: Surroundings) {
    this.#table = table;
    this.#surroundings = surroundings;
  }

  track(now: Instant, effects: Effect[], from: string, track: Track, measuredAt: Instant, notAfter: number): void {
    const installed = this.#table.get(track.circuit);
    if (!installed) {
      // A circuit of before a restart, or long gone: what it tracks cannot be confirmed any more.
      this.#surroundings.expire(now, effects, from, answerTo(track));
      return;
    }
    if (from !== nodeOn(installed, track.downstream ? "upstream" : "downstream")) return;
    installed.swapPoint?.track(now, effects, track, measuredAt, notAfter);
    installed.end?.track(now, effects, track, measuredAt);
  }

  /** Hop by hop from a neighbour, or straight from the other end. */
  expire(now: Instant, effects: Effect[], from: string, expire: Expire): void {
    const installed = this.#table.get(expire.circuit);
    if (!installed) {
      // A circuit of before a restart: what was delivered of it the memory knows.
      const { feedforwardMissed } = expire;
      const giveUpFar = { farName: farNameIn(expire), peer: from, feedforwardMissed };
      this.#surroundings.memory(effects, { $case: "giveUpFar", giveUpFar });
      return;
    }
    const { nodes, position } = installed.circuit;
    const isNext = from === nodeOn(installed, expire.downstream ? "upstream" : "downstream");
    if (isNext) installed.swapPoint?.expire(now, effects, expire);
    if (isNext || from === nodes[position === 0 ? nodes.length - 1 : 0]) installed.end?.expire(now, effects, expire);
  }

  /** A pair of this link is void; which circuit it is of nobody says. */
  voided(now: Instant, effects: Effect[], link: string, pair: string): void {
    for (const { circuit, swapPoint, end } of this.#table.all()) {
      const at = circuit.links.indexOf(link);
      if (at === -1) continue;
      swapPoint?.voided(now, effects, at === circuit.position ? "downstream" : "upstream", pair);
      end?.voided(now, effects, pair);
    }
  }

  /** The half of this pair is being moved into storage. */
  moving(pair: string, startedAt: Instant): void {
    for (const { end, swapPoint } of this.#table.all()) {
      swapPoint?.moving(pair, startedAt);
      end?.moving(pair, startedAt);
    }
  }

  /** The half of this pair is not in this node's memory. */
  lost(now: Instant, effects: Effect[], pair: string): void {
    for (const { end, swapPoint } of this.#table.all()) {
      swapPoint?.lost(now, effects, pair);
      end?.lost(now, effects, pair);
    }
  }
}

function answerTo({ circuit, downstream, linkCorrelator }: Track): Expire {
  const unnamed = { requestId: "", pairSequence: 0 };
  return { circuit, downstream: !downstream, linkCorrelator, feedforwardMissed: false, ...unnamed };
}
