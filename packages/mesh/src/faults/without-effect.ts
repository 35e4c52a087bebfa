import { FaultError, Wrong } from "./fault-error.ts";
import type { FaultEntry, FaultOf } from "./fault-kinds.ts";
import { type FaultScope, placesOf } from "./fault-scope.ts";

/**
 * Refuses what is right field by field and could still never do anything on this network: whoever wrote it meant
 * something else.
 * @throws FaultError naming the field
 */
export function refuseWithoutEffect(entry: FaultEntry, scope: FaultScope): void {
  refuseForeignEnd(entry, scope);
  if (entry.kind === "partition") refuseUncut(entry, scope);
  if (entry.kind === "stuck-slot") refuseMissingSlot(entry, scope);
}

function refuseForeignEnd({ target }: FaultEntry, { links }: FaultScope): void {
  if (!("link" in target && "node" in target)) return;
  const linked = links.find(({ name }) => name === target.link);
  if (!linked || linked.ends.includes(target.node)) return;
  const problem = `${target.node} is no end of ${linked.name}`;
  throw new FaultError(["target", "node"], new Wrong(problem, `its ends are ${linked.ends.join(" and ")}`));
}

/** A place is never cut off from itself. */
function refuseUncut({ target: { a, b } }: FaultOf<"partition">, scope: FaultScope): void {
  const places = placesOf(scope);
  const meant = (side: typeof a, other: typeof a) =>
    side === "*" ? places.filter((place) => other === "*" || !other.includes(place)) : side;
  const others = meant(b, a);
  if (meant(a, b).some((one) => others.some((other) => other !== one))) return;
  const problem = `${JSON.stringify(b)} leaves nothing to cut off from ${JSON.stringify(a)}`;
  throw new FaultError(
    ["target", "b"],
    new Wrong(problem, 'list other places than on the side a, or "*" for all others'),
  );
}

function refuseMissingSlot({ target: { node }, args }: FaultOf<"stuck-slot">, { slotsOf }: FaultScope): void {
  const slots = slotsOf(node);
  if (args.slot < slots) return;
  const last = slots - 1;
  const problem = `${node} has no communication slot ${args.slot}`;
  throw new FaultError(["args", "slot"], new Wrong(problem, last > 0 ? `give one from 0 to ${last}` : "give 0"));
}
