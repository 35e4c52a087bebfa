import type { Effect } from "@bellmesh/mesh";
import type { EventsResponse } from "@bellmesh/wire/link-layer";
import type { SignalRequest } from "@bellmesh/wire/network-layer";
import type { HalvesRequest } from "@bellmesh/wire/node-controller";
import type { Step, Watcher } from "./watcher.ts";

interface Circuit {
  readonly id: string;
  readonly cutoffNs: number;
}

/** A half that waits at a repeater for another to be swapped with. */
interface Waiting {
  readonly circuit: string;
  readonly link: string;
  /** When its cutoff is over, on the clock of its node. */
  readonly untilNs: number;
}

/**
 * At a repeater a half comes at the very instant at which the cutoff of the half is over that it was to be swapped
 * with; whichever of the two the repeater hears of first.
 */
export class CutoffMeetsSwap implements Watcher {
  readonly reached = { "cutoff-and-swap-at-the-same-instant": 0 };
  /** `<link> <link label>`. */
  readonly #circuits = new Map<string, Circuit>();
  /** By node and pair. */
  readonly #waiting = new Map<string, Waiting>();
  /** By node, the halves whose cutoffs were over at an instant, and that no other half has been counted with. */
  readonly #over = new Map<string, { readonly atNs: number; readonly halves: Waiting[] }>();

  step({ service, place, input, effects, atNs, nowNs }: Step): void {
    if (service !== "network-layer") return;
    for (const effect of effects) this.#signalled(place, effect);
    const expired = this.#ended(place, effects).filter(({ untilNs }) => untilNs === nowNs);
    const isCutoff = input.kind === "timer" && input.timer.startsWith("cutoff:");
    if (isCutoff) this.#overAt(place, atNs).push(...expired);
    const ok = input.kind === "stream-item" ? okOf(input.item as Partial<EventsResponse>) : undefined;
    const circuit = ok && this.#circuits.get(`${ok.link} ${ok.label}`);
    if (!ok || !circuit || isDiscarded(effects, ok.pair)) return;
    const over = this.#overAt(place, atNs);
    over.push(...expired);
    const partner = over.findIndex((half) => half.circuit === circuit.id && half.link !== ok.link);
    if (partner !== -1) {
      over.splice(partner, 1);
      this.reached["cutoff-and-swap-at-the-same-instant"] += 1;
    }
    if (circuit.cutoffNs === 0 || effects.some((effect) => ordersOf(effect)?.$case === "swap")) return;
    const untilNs = ok.emittedAt + circuit.cutoffNs;
    this.#waiting.set(`${place} ${ok.pair}`, { circuit: circuit.id, link: ok.link, untilNs });
  }

  #overAt(node: string, atNs: number): Waiting[] {
    const before = this.#over.get(node);
    if (before?.atNs === atNs) return before.halves;
    const halves: Waiting[] = [];
    this.#over.set(node, { atNs, halves });
    return halves;
  }

  #signalled(node: string, effect: Effect): void {
    const message = effect.kind === "send" ? (effect.item as Partial<SignalRequest>).message : undefined;
    if (message?.$case !== "path") return;
    const { circuit: id, nodes, links, linkLabel, cutoffNs } = message.path;
    this.#circuits.set(`${links[nodes.indexOf(node)]} ${linkLabel}`, { id, cutoffNs });
  }

  /** @returns the halves that wait no longer: they are given up, or are to be swapped */
  #ended(node: string, effects: readonly Effect[]): readonly Waiting[] {
    const ended: Waiting[] = [];
    for (const effect of effects) {
      for (const pair of pairsEnded(ordersOf(effect))) {
        const half = this.#waiting.get(`${node} ${pair}`);
        if (half) ended.push(half);
        this.#waiting.delete(`${node} ${pair}`);
      }
    }
    return ended;
  }
}

/** A pair that the link layer says is here. */
function okOf({ link = "", purposeId: label = 0, event }: Partial<EventsResponse>) {
  return event?.$case === "ok" ? { link, label, pair: event.ok.pair, emittedAt: event.ok.emittedAt } : undefined;
}

/** What is asked of the memory. */
function ordersOf(effect: Effect): HalvesRequest["message"] {
  return effect.kind === "send" ? (effect.item as Partial<HalvesRequest>).message : undefined;
}

function pairsEnded(order: HalvesRequest["message"]): readonly string[] {
  if (order?.$case === "discard") return [order.discard.pair];
  return order?.$case === "swap" ? [order.swap.upstreamPair, order.swap.downstreamPair] : [];
}

function isDiscarded(effects: readonly Effect[], pair: string): boolean {
  return effects.some((effect) => {
    const order = ordersOf(effect);
    return order?.$case === "discard" && order.discard.pair === pair;
  });
}
