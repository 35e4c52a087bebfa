import { ClockCorrection } from "@bellmesh/wire/control";
import type { Feedforward } from "@bellmesh/wire/feedforward";
import type { GenerateRequest, GenerateResponse } from "@bellmesh/wire/physical-link";
import type { OnBus, Step, Watcher } from "./watcher.ts";

const STEP_NS = 1_000;
const PER_BILLION = 1e-9;

/** What happens to clocks while a heralding series is armed at a link's end. */
export class ArmedEnds implements Watcher {
  readonly reached = { "clock-step-during-attempt": 0, "grandmaster-change-during-series": 0 };
  /** `<node> <link>`. */
  readonly #armed = new Set<string>();
  readonly #corrections = new Map<string, ClockCorrection>();
  /** Whom each node follows; itself where it is the grandmaster. */
  readonly #grandmasters = new Map<string, string>();

  step({ service, place, input, effects }: Step): void {
    if (service === "link-layer") {
      if (input.kind === "started") this.#disarm(`${place} `);
      if (input.kind === "stream-item" && input.method.path.endsWith("/Generate")) {
        this.#armed.delete(`${place} ${(input.item as GenerateResponse).link}`);
      }
      for (const effect of effects) {
        if (effect.kind === "send") this.#sent(place, effect.item as Partial<GenerateRequest>);
      }
    } else if (service === "clock-sync") {
      for (const effect of effects) {
        // It exchanges stamps with the clock that it follows, and with no other.
        if (effect.kind === "call") this.#follows(place, effect.to.slice("clock-sync/".length));
        if (effect.kind !== "publish" || effect.type !== (ClockCorrection as unknown)) continue;
        this.#corrected(effect.message as ClockCorrection);
      }
    }
  }

  came({ to, message }: OnBus<Feedforward>): void {
    if (message.payload?.$case !== "herald") return;
    this.#armed.delete(`${to} ${message.payload.herald.pair.split("/")[0]}`);
  }

  #sent(node: string, { link, command }: Partial<GenerateRequest>): void {
    if (command?.$case === "arm") this.#armed.add(`${node} ${link}`);
    else if (command?.$case === "stop") this.#armed.delete(`${node} ${link}`);
  }

  #corrected(correction: ClockCorrection): void {
    const { node } = correction;
    // One that follows another repeats whose word its time is; that it is its own is new when it takes over.
    if (correction.grandmaster === node) this.#follows(node, node);
    const former = this.#corrections.get(node);
    this.#corrections.set(node, correction);
    if (!former || !this.#isArmed(node)) return;
    const elapsedNs = correction.fromHardware - former.fromHardware;
    const expectedNs = former.disciplined + elapsedNs * (1 + former.frequencyPpb * PER_BILLION);
    if (Math.abs(correction.disciplined - expectedNs) > STEP_NS) this.reached["clock-step-during-attempt"] += 1;
  }

  #follows(node: string, grandmaster: string): void {
    const former = this.#grandmasters.get(node);
    this.#grandmasters.set(node, grandmaster);
    if (former === undefined || former === grandmaster || !this.#isArmed(node)) return;
    this.reached["grandmaster-change-during-series"] += 1;
  }

  #isArmed(node: string): boolean {
    return [...this.#armed].some((end) => end.startsWith(`${node} `));
  }

  #disarm(start: string): void {
    for (const end of this.#armed) if (end.startsWith(start)) this.#armed.delete(end);
  }
}
