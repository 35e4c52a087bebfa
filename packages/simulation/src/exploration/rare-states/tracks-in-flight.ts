import type { Feedforward } from "@bellmesh/wire/feedforward";
import type { OnBus, Watcher } from "./watcher.ts";

/** A TRACK and an EXPIRE about one link pair pass each other between two nodes. */
export class TracksInFlight implements Watcher {
  readonly reached = { "expire-crossing-track": 0 };
  /** `<link pair> <from> <to>`. */
  readonly #tracks = new Set<string>();

  published({ from, to, message: { payload } }: OnBus<Feedforward>): void {
    if (payload?.$case === "track") this.#tracks.add(`${payload.track.linkCorrelator} ${from} ${to}`);
    else if (payload?.$case === "expire" && this.#tracks.has(`${payload.expire.linkCorrelator} ${to} ${from}`)) {
      this.reached["expire-crossing-track"] += 1;
    }
  }

  came({ from, to, message: { payload } }: OnBus<Feedforward>): void {
    if (payload?.$case === "track") this.#tracks.delete(`${payload.track.linkCorrelator} ${from} ${to}`);
  }
}
