import type { BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import { reasonFor } from "@bellmesh/joint-state";
import type { LedgerEvent, PairFidelity } from "@bellmesh/wire/ledger";
import { recordedBudget } from "./fidelity-budget.ts";
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
  const firstDecay = first.decayUntil(atNs);
  const secondDecay = second.decayUntil(atNs);
  const { fidelityPpt, isSample, samplePpt } = trueFidelity(first, second, firstDecay, secondDecay);
  // Both wait for the later delivery, so both have waited for what made it late.
  const { deliveredLateNs } = second.deliveredNs > first.deliveredNs ? second : first;
  return {
    $case: "pairFidelity",
    pairFidelity: {
      firstPair: first.name,
      firstNode: first.holder.name,
      secondPair: second.name,
      secondNode: second.holder.name,
      fidelityPpt,
      intended: pair.intended,
      engine: first.register?.engine ?? "",
      firstDeliveredAt: first.deliveredNs,
      secondDeliveredAt: second.deliveredNs,
      announced: announcedIndex(first, second),
      isSample,
      samplePpt,
      because: first.register && first.register.engine !== "pair" ? reasonFor(first.register) : undefined,
      budget: recordedBudget(
        pair.budget,
        first.lossUntil(atNs, firstDecay, deliveredLateNs),
        second.lossUntil(atNs, secondDecay, deliveredLateNs),
      ),
    },
  };
}

function announcedIndex(first: Half, second: Half): BellIndex | undefined {
  return first.announced ?? second.announced;
}

/**
 * Of an exact register the fidelity; of one sample of a mixture none, but what this sample adds to the mean over many.
 * Two halves that no operation has left in one register are known exactly, sampled or not.
 */
function trueFidelity(first: Half, second: Half, one: PauliEigenvalues, other: PauliEigenvalues): FidelityFields {
  const index = announcedIndex(first, second);
  if (index === undefined) return { fidelityPpt: parts(0.25) };
  const { register } = first;
  if (!register || !second.register) throw new Error("a delivered half has a state until both are delivered");
  const isShared = register === second.register;
  const exact = isShared ? register.fidelity(first.position, second.position, index, one, other) : undefined;
  if (exact !== undefined) return { fidelityPpt: parts(exact) };
  const matrix = isShared
    ? register.reduced([first.position, second.position])
    : register.reduced([first.position]).tensor(second.register.reduced([second.position]));
  const value = parts(matrix.fidelity(0, 1, index, one, other));
  const isSample = register.isTrajectory || second.register.isTrajectory;
  return isSample ? { fidelityPpt: 0, isSample, samplePpt: value } : { fidelityPpt: value };
}

type FidelityFields = Pick<PairFidelity, "fidelityPpt" | "isSample" | "samplePpt">;

function parts(probability: number): number {
  return Math.max(0, Math.round(probability * PARTS_PER_TRILLION));
}
