import { isDeepStrictEqual } from "node:util";
import { faultKinds } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { oncePerHistory } from "./once-per-history.ts";

/** Something that holds words up or moves clocks, told at a place of a history. */
interface Trouble {
  readonly index: number;
  readonly at: number;
  readonly untilNs: number;
  /** Undefined for a restart. */
  readonly fault: FaultEntry | undefined;
}

const ofPairsAlone = [...faultKinds.values()]
  .filter(({ family, name }) => family === "hardware" && name !== "cable-cut")
  .map(({ name }) => name);

const troublesIn = oncePerHistory((history: readonly LedgerEvent[]): readonly Trouble[] =>
  history.flatMap(({ event, writer, incarnation, at }, index) => {
    const before = history.slice(0, index).findLast((one) => one.writer === writer);
    const isRestart = incarnation > 1 && before?.incarnation !== incarnation;
    const restart: Trouble = { index, at, untilNs: at, fault: undefined };
    const hasEnded = event?.$case === "faultEnded";
    const began = event?.$case === "faultBegan" ? event.faultBegan.fault : undefined;
    const fault = hasEnded ? event.faultEnded.fault : began;
    const isTrouble = fault !== undefined && !ofPairsAlone.includes(fault.kind);
    const told = isTrouble ? [{ index, at, untilNs: untilNs(fault, at, hasEnded), fault }] : [];
    return isRestart ? [restart, ...told] : told;
  }),
);

function untilNs(fault: FaultEntry, at: number, hasEnded: boolean): number {
  const staysDown = ["crash", "store-loss"].includes(fault.kind) && fault.forNs === 0;
  if (staysDown) return Number.POSITIVE_INFINITY;
  if (hasEnded || faultKinds.get(fault.kind)?.isMomentary) return at;
  return Math.max(at, fault.atNs + (fault.forNs ?? Number.POSITIVE_INFINITY));
}

/** From when on nothing is wrong any more, by all that a history tells before a place. */
export function quietFromNs(history: readonly LedgerEvent[], place: number): number {
  const told = troublesIn(history).filter(({ index }) => index < place);
  const untils = told
    .filter(
      ({ fault, index }) => !fault || !told.some((one) => one.index > index && isDeepStrictEqual(one.fault, fault)),
    )
    .map((one) => one.untilNs);
  return Math.max(Number.NEGATIVE_INFINITY, ...told.map(({ at }) => at), ...untils);
}
