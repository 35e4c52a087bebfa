import { ClockAnnounce, ClockCorrection } from "@bellmesh/wire/control";
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
  #grandmaster: string | undefined;

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
        if (effect.kind !== "publish") continue;
        if (effect.type === (ClockCorrection as unknown)) this.#corrected(effect.message as ClockCorrection);
        if (effect.type === (ClockAnnounce as unknown)) this.#announced(effect.message as ClockAnnounce);
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
    const former = this.#corrections.get(node);
    this.#corrections.set(node, correction);
    if (!former || ![...this.#armed].some((end) => end.startsWith(`${node} `))) return;
    const elapsedNs = correction.fromHardware - former.fromHardware;
    const expectedNs = former.disciplined + elapsedNs * (1 + former.frequencyPpb * PER_BILLION);
    if (Math.abs(correction.disciplined - expectedNs) > STEP_NS) this.reached["clock-step-during-attempt"] += 1;
  }

  #announced({ node, clockClass, priority1 }: ClockAnnounce): void {
    // A clock that only offers itself is heard as well; it is the grandmaster when nobody else is heard after it.
    const announcer = `${node} ${clockClass} ${priority1}`;
    if (this.#grandmaster !== undefined && this.#grandmaster !== announcer && this.#armed.size > 0) {
      this.reached["grandmaster-change-during-series"] += 1;
    }
    this.#grandmaster = announcer;
  }

  #disarm(start: string): void {
    for (const end of this.#armed) if (end.startsWith(start)) this.#armed.delete(end);
  }
}
