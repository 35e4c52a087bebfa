import type { BellIndex } from "@bellmesh/bell";
import { reasonFor } from "@bellmesh/joint-state";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { lossOfWaiting, recordedBudget } from "./fidelity-budget.ts";
import type { EntangledPair, Half } from "./half.ts";

const PARTS_PER_TRILLION = 1_000_000_000_000;

/**
 * The ledger's event for a pair whose halves are both delivered: ⟨B|ρ|B⟩ at the later of the two deliveries, for the
 * index the ends announced. Should they differ, the first counts; where neither knew one, a guess is right one time
 * in four. The state does not change: what one end does later must not depend on when the other delivered.
 */
export function pairFidelity(pair: EntangledPair, one: Half, other: Half): NonNullable<LedgerEvent["event"]> {
  const ordered = one.holder.name < other.holder.name || (one.holder === other.holder && one.name <= other.name);
  const first = ordered ? one : other;
  const second = ordered ? other : one;
  const atNs = Math.max(first.deliveredNs, second.deliveredNs);
  const ppt = Math.max(0, Math.round(trueFidelity(first, second, atNs) * PARTS_PER_TRILLION));
  const ends = [first, second].map((half) => ({
    node: half.holder.name,
    loss: half.waitLoss + lossOfWaiting(half.decayUntil(atNs)),
  }));
  return {
    $case: "pairFidelity",
    pairFidelity: {
      firstPair: first.name,
      firstNode: first.holder.name,
      secondPair: second.name,
      secondNode: second.holder.name,
      fidelityPpt: ppt,
      intended: pair.intended,
      engine: first.register?.engine ?? "",
      firstDeliveredAt: first.deliveredNs,
      secondDeliveredAt: second.deliveredNs,
      announced: announcedIndex(first, second),
      because: first.register && first.register.engine !== "pair" ? reasonFor(first.register) : undefined,
      budget: recordedBudget(pair.budget, ends),
    },
  };
}

function announcedIndex(first: Half, second: Half): BellIndex | undefined {
  return first.announced ?? second.announced;
}

function trueFidelity(first: Half, second: Half, atNs: number): number {
  const index = announcedIndex(first, second);
  if (index === undefined) return 0.25;
  const { register } = first;
  if (!register || register !== second.register) throw new Error("the halves of a pair stand in one register");
  const [one, other] = [first.decayUntil(atNs), second.decayUntil(atNs)];
  return register.fidelity(first.position, second.position, index, one, other) ?? Number.NaN;
}
