import type { EntropyStream } from "@bellmesh/numerics";
import { happens, wholeBetween } from "./draws.ts";
import type { PlannedRequest, Trial } from "./trial.ts";

/** So few seeds that all the others stay what they were. */
const STRICT_SHARE = 0.08;
/** Of the requests; the others leave theirs to their network layer. */
const STATED_SHARE = 0.7;
const PRIORITY_MAX = 7;

/** In few seeds links serve by strict priority, and most requests state theirs. */
export function withPriorities(trial: Trial, chance: EntropyStream): Trial {
  if (!happens(chance, STRICT_SHARE)) return trial;
  const stated = (request: PlannedRequest): PlannedRequest =>
    happens(chance, STATED_SHARE) ? { ...request, priority: wholeBetween(chance, 0, PRIORITY_MAX) } : request;
  return { ...trial, scheduler: "strict-priority", requests: trial.requests.map(stated) };
}
