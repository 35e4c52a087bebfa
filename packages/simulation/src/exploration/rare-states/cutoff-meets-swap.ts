import type { Effect } from "@bellmesh/mesh";
import type { HalvesRequest } from "@bellmesh/wire/node-controller";
import type { Step, Watcher } from "./watcher.ts";

/** At one node and one instant a half is given up for its age, and another is swapped. */
export class CutoffMeetsSwap implements Watcher {
  readonly reached = { "cutoff-and-swap-at-the-same-instant": 0 };
  readonly #cutoffs = new Map<string, number>();
  readonly #swaps = new Map<string, number>();

  step({ service, place, input, effects, atNs }: Step): void {
    if (service !== "network-layer") return;
    const isCutoff = input.kind === "timer" && input.timer.startsWith("cutoff:");
    if (isCutoff && orders(effects, "discard")) this.#note(this.#cutoffs, this.#swaps, place, atNs);
    else if (orders(effects, "swap")) this.#note(this.#swaps, this.#cutoffs, place, atNs);
  }

  #note(these: Map<string, number>, others: ReadonlyMap<string, number>, node: string, atNs: number): void {
    these.set(node, atNs);
    if (others.get(node) === atNs) this.reached["cutoff-and-swap-at-the-same-instant"] += 1;
  }
}

/** Whether the network layer orders this of the memory. */
function orders(effects: readonly Effect[], order: "discard" | "swap"): boolean {
  return effects.some(
    (effect) => effect.kind === "send" && (effect.item as Partial<HalvesRequest>).message?.$case === order,
  );
}
