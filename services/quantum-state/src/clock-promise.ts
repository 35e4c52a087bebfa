import { type Effect, effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import type { QubitHolder } from "./qubit-holder.ts";

/**
 * Set so often, a clock has left behind what happened to it before: it holds over at the mean of the rates that its
 * last ten exchanges taught it; the beginning of its holdover sets it once more, and so does a fault that steps it.
 */
const SETTINGS_TO_SETTLE = 12;

/** What a node's clock-sync has said of its clock: whom it follows, and how far from that it is at most. */
export interface ClockPromise {
  readonly grandmaster: string;
  /** 0: nothing was promised. */
  readonly promisedPs: number;
  readonly sinceNs: number;
  /** The hardware reading from which on the clock runs as it does. */
  readonly fromHardware: number;
  readonly fromHardwarePs: number;
  /** When it was made, the clock was further off than had been promised before. */
  readonly wasBeyond: boolean;
  /** When the clock was set lately, the latest last: by this grandmaster, and within what was promised each time. */
  readonly settings: readonly number[];
}

/**
 * A node's clock is about to be set: the ledger is told what it was off by until now, what had been promised of it, and
 * what is promised from now on, whenever that is news: a promise that was not kept, or is kept again, and one that is
 * given or taken back. Nature alone knows both clocks.
 * @param intervalNs for so long, and a tenth of it, a promise holds: the next exchange is due then
 */
export function checkClock(
  now: Instant,
  holder: QubitHolder,
  grandmaster: QubitHolder | undefined,
  { grandmaster: named = "", promisedPs: promised, fromHardware, fromHardwarePs }: ClockCorrection,
  intervalNs: number,
): readonly Effect[] {
  // Perfect stamps promise to be off by nothing, which is a promise; 0 stands for none.
  const promisedPs = promised === undefined ? 0 : Math.max(1, promised);
  const before = holder.promise;
  const promise = { grandmaster: named, promisedPs, sinceNs: now, fromHardware, fromHardwarePs };
  holder.promise = { ...promise, wasBeyond: false, settings: [] };
  if (!grandmaster) return [];
  const offsetNs = holder.clock.offsetNs(now) - grandmaster.clock.offsetNs(now);
  const offsetPs = Math.round(Math.abs(offsetNs) * 1000);
  const isPromised = before?.grandmaster === named && now - before.sinceNs <= 1.1 * intervalNs;
  const wasPromisedPs = before && isPromised ? before.promisedPs : 0;
  const wasBeyond = wasPromisedPs > 0 && offsetPs > wasPromisedPs;
  const isHeld = before?.fromHardware === fromHardware && before.fromHardwarePs === fromHardwarePs;
  const settings = settingsAfter(now, before, { ...promise, wasBeyond }, isHeld);
  holder.promise = { ...promise, wasBeyond, settings };
  const isTrustedAsBefore = before !== undefined && before.promisedPs > 0 === promisedPs > 0;
  if (isTrustedAsBefore && !wasBeyond && !before.wasBeyond) return [];
  const settledNs = settings.length === SETTINGS_TO_SETTLE ? settings[0] : undefined;
  const clockChecked = {
    node: holder.name,
    grandmaster: grandmaster.name,
    offsetPs,
    promisedPs: wasPromisedPs,
    promisesPs: promisedPs,
    ...(isHeld && { isHeld, settledNs }),
  };
  return [effect.record({ $case: "clockChecked", clockChecked })];
}

/** A clock that holds over is not set; one that is found too far off, or that follows another, has to settle anew. */
function settingsAfter(
  now: Instant,
  before: ClockPromise | undefined,
  { grandmaster, promisedPs, wasBeyond }: Omit<ClockPromise, "settings">,
  isHeld: boolean,
): readonly number[] {
  if (!before || before.grandmaster !== grandmaster || promisedPs === 0) return [];
  if (isHeld) return before.settings;
  return wasBeyond ? [] : [...before.settings.slice(1 - SETTINGS_TO_SETTLE), now];
}
