import { type AnyService, Routes } from "@bellmesh/mesh";
import { subjects } from "@bellmesh/wire";
import { ClockAnnounce, ClockCorrection } from "@bellmesh/wire/control";

/** What clocks say on the bus: who offers itself as grandmaster, and how frequencies are steered. */
export interface WatchedClocks {
  readonly announces: { readonly atNs: number; readonly node: string }[];
  readonly corrections: { readonly atNs: number; readonly node: string; readonly frequencyPpb: number }[];
  readonly service: AnyService;
}

export function watchedClocks(network: string): WatchedClocks {
  const watched: Omit<WatchedClocks, "service"> = { announces: [], corrections: [] };
  const routes = new Routes<typeof watched>()
    .message(ClockCorrection, ({ corrections }, atNs, { node, frequencyPpb }) => {
      corrections.push({ atNs, node, frequencyPpb });
      return [];
    })
    .message(ClockAnnounce, ({ announces }, atNs, { node }) => {
      announces.push({ atNs, node });
      return [];
    });
  const service: AnyService = {
    name: "watcher",
    timeBase: "true",
    serves: [],
    subscriptions: () => [
      { subject: subjects.controlOfAll(network, "clock"), type: ClockCorrection },
      { subject: subjects.controlOfAll(network, "announce"), type: ClockAnnounce },
    ],
    start: () => routes.machine(watched),
  };
  return { ...watched, service };
}
