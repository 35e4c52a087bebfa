import { discard } from "@bellmesh/joint-state";
import type { Half } from "./half.ts";
import type { Became } from "./qubit-holder.ts";

/** A half is gone: its node forgets it, the rest of its register is what remains when it is traced out. */
export function end(half: Half, became?: Became): void {
  forget(half, became);
  discard(half, half.holder.noiseChance);
  leavePair(half);
}

/** A measurement has taken the qubit out of its register: what remains is to forget it. */
export function endMeasured(half: Half, became?: Became): void {
  forget(half, became);
  leavePair(half);
}

/** The node knows the name no more, but for what became of it. */
export function forget(half: Half, became?: Became): void {
  const { held, gone } = half.holder;
  if (held.get(half.name) !== half) return;
  held.delete(half.name);
  if (became !== undefined && half.isOfPair) gone.set(half.name, became);
}

/** A partner that was released was kept for this half's sake only. */
function leavePair(half: Half): void {
  const { partner } = half;
  half.leavePair();
  if (!partner?.released) return;
  discard(partner, partner.holder.noiseChance);
  partner.leavePair();
}
