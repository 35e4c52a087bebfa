import type { Arm } from "@bellmesh/wire/physical-link";
import type { Armed } from "./end.ts";

/** From there on both ends would emit more often than one alone. */
const ALPHA_MAX = 0.5;

/**
 * An arm, if there can be such a one.
 * @param ownAlpha the link's own bright-state population, which an arm without one means; undefined: it has none
 * @returns what is wrong, for people
 */
export function checkedArm(arm: Arm, periodNs: number, ownAlpha: number | undefined): Armed | string {
  const { queueId, firstCycle, stride, untilCycle, incarnation, usefulForNs, alpha = ownAlpha } = arm;
  if (!queueId) return "an arm names the queue id both ends agreed on";
  if (stride < 1) return "a stride is 1 or more cycles";
  if (untilCycle < firstCycle) return `until_cycle ${untilCycle} is before first_cycle ${firstCycle}`;
  if (arm.alpha !== undefined && ownAlpha === undefined) return "this link's scheme has no alpha";
  if (alpha !== undefined && !(alpha > 0 && alpha <= ALPHA_MAX)) return `alpha ${alpha} is not in (0, ${ALPHA_MAX}]`;
  const lastCycle = Math.floor(Number.MAX_SAFE_INTEGER / 2 / periodNs);
  if (firstCycle > lastCycle) return `first_cycle is at most ${lastCycle}`;
  return { queueId, firstCycle, stride, untilCycle: Math.min(untilCycle, lastCycle), incarnation, usefulForNs, alpha };
}
