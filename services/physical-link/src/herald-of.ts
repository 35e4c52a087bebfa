import type { Topology } from "@bellmesh/topology";
import type { Herald } from "@bellmesh/wire/feedforward";
import type { End } from "./end.ts";

const USEFUL_FOR_DEFAULT_NS = 1_000_000_000;

/** How long a herald is worth repeating when the arming end does not say: up to the cutoff, where there is one. */
export function usefulForDefaultNs({ cutoffS }: Topology): number {
  return cutoffS === undefined ? USEFUL_FOR_DEFAULT_NS : Math.round(cutoffS * 1e9);
}

/** A herald for one end, and for how long it is worth repeating; `usefulForNs` is 0 where the end did not say. */
export interface AddressedHerald {
  readonly to: string;
  readonly herald: Herald;
  readonly usefulForNs: number;
}

/** Takes what an end has armed, and makes its herald of what is told to both. */
export function heraldOf(end: End, told: Omit<Herald, "queueId" | "armedIncarnation">): AddressedHerald {
  const { armed, name } = end;
  if (!armed) throw new Error("a series succeeds only while both ends are armed");
  end.armed = undefined;
  const { queueId, incarnation: armedIncarnation, usefulForNs } = armed;
  return { to: name, herald: { ...told, queueId, armedIncarnation }, usefulForNs };
}
