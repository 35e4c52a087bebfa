import type { Effect } from "@bellmesh/mesh";
import { parsePairId } from "@bellmesh/wire";
import type { Inventory } from "@bellmesh/wire/quantum-state";
import type { Operation } from "./operation.ts";

/** What the node holds of a link, but for what came, or was touched, after the operation's instant. */
export function inventory(operation: Operation, { link }: Inventory): readonly Effect[] {
  const halves = operation.holder.held
    .values()
    .filter(
      ({ isOfPair, released, delivered, lastTouchNs, name }) =>
        isOfPair && !released && !delivered && lastTouchNs < operation.atNs && parsePairId(name)?.link === link,
    );
  return [operation.answered({ $case: "held", held: { pairs: halves.map(({ name }) => name) } })];
}
