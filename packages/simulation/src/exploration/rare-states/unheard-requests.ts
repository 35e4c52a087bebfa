import type { Feedforward } from "@bellmesh/wire/feedforward";
import type { SignalRequest } from "@bellmesh/wire/network-layer";
import type { OnBus, Step, Watcher } from "./watcher.ts";

/**
 * The two ends of a circuit serve different sets of requests: the head-end tracks a pair of a request of which the
 * tail-end has not heard yet, or has heard that it is over. (The epoch of QNP numbers these sets.)
 */
export class UnheardRequests implements Watcher {
  readonly reached = { "both-ends-in-different-epochs": 0 };
  /** `<node> <request>` where FORWARD has come and COMPLETE has not. */
  readonly #active = new Set<string>();
  /** `<node> <link pair>` where TRACK has come: copies that come later say nothing new. */
  readonly #heard = new Set<string>();
  /** The last node of each circuit. */
  readonly #tailEnds = new Map<string, string>();

  step({ service, place, input, effects }: Step): void {
    if (service !== "network-layer") return;
    if (input.kind === "started") {
      for (const known of [this.#active, this.#heard]) {
        for (const entry of known) if (entry.startsWith(`${place} `)) known.delete(entry);
      }
    }
    const told = input.kind === "stream-item" ? (input.item as Partial<SignalRequest>).message : undefined;
    if (told?.$case === "forward") this.#active.add(`${place} ${told.forward.requestId}`);
    else if (told?.$case === "complete") this.#active.delete(`${place} ${told.complete.requestId}`);
    for (const effect of effects) {
      const message = effect.kind === "send" ? (effect.item as Partial<SignalRequest>).message : undefined;
      if (message?.$case === "path") this.#tailEnds.set(message.path.circuit, message.path.nodes.at(-1) as string);
    }
  }

  came({ to, message: { payload } }: OnBus<Feedforward>): void {
    if (payload?.$case !== "track" || !payload.track.downstream) return;
    const { circuit, requestId, linkCorrelator } = payload.track;
    const pair = `${to} ${linkCorrelator}`;
    if (this.#tailEnds.get(circuit) !== to || this.#heard.has(pair)) return;
    this.#heard.add(pair);
    if (!this.#active.has(`${to} ${requestId}`)) this.reached["both-ends-in-different-epochs"] += 1;
  }
}
