import type { Topology } from "@bellmesh/topology";
import type { FaultEntry } from "@bellmesh/wire/fault";
import type { ClockChecked, LedgerEvent } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { Disturbances } from "./disturbances.ts";
import { faultTarget } from "./fault-target.ts";
import { NatureStandstill } from "./nature-standstill.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** So many intervals of synchronisation a clock has to find out that something has happened to it. */
const INTERVALS_TO_NOTICE = 5;
/**
 * After the last that may have moved a clock, or held its messages up, it has settled: another grandmaster has been
 * agreed on; five intervals have passed in which it noticed, ten whose delays it remembers, twelve in which it settled.
 */
const [ELECTION_NS, INTERVALS_TO_SETTLE] = [11e9, 27];
/** A promise is four standard deviations wide: one that is passed by as much again is not passed by chance. */
const CHANCE_FACTOR = 2;
/** What chance may do: 6 in 100,000 checks are beyond four standard deviations, and one that is brings a few others. */
const [CHANCE_CHECKS, CHANCE_SHARE] = [5, 1e-4];
/** What makes a clock, its stamps, or what it says of itself, something else than other clock-syncs take it for. */
const CLOCK_FAULTS: ReadonlySet<string> = new Set(["clock-step", "clock-drift", "clock-jitter", "false-announce"]);

interface CheckedClock {
  /** Since when it has been further off than promised; undefined while it is not. */
  beyondSinceNs: number | undefined;
  /** Its clock-sync promises nothing since then; undefined while it does. */
  untrustedSinceNs: number | undefined;
  /** Since when nothing was wrong that may have moved it, and how often it has been beyond its promise since. */
  quietFromNs: number;
  beyondInQuiet: number;
}

/**
 * No clock is further from the grandmaster's than its clock-sync says. Where something has happened to it, by a fault
 * or by messages held up, it finds out within five intervals of synchronisation: it is back within what it promises
 * then, or promises nothing; and of a node whose clock promises nothing for longer than that no pair is heralded. Where
 * nothing has happened since clocks have settled there is nothing to find out: a promise is passed by chance alone, by
 * less than as much again, and seldom, however often it is kept in between. It is nature that tells what clocks
 * promise: of what is promised while it stands still it hears when it goes on.
 * In holdover it hears of nothing: there its promise is judged where no fault has struck it or the grandmaster's clock
 * since it settled, that is within the last ten exchanges before; and where the grandmaster is none that only claimed
 * to be the best meanwhile, or has started over and promises nothing itself.
 */
export class ClocksBounded implements Referee {
  readonly name = "clocks-bounded";
  readonly reads: Readings = {
    clockChecked: (checked, { at }) => this.#check(checked, at),
    faultBegan: ({ fault }, { at }) => {
      this.#standstill.begin(fault, at);
      this.#disturbances.begin(fault, at);
      this.#strike(fault, at, false);
    },
    faultEnded: ({ fault }, { at }) => {
      this.#standstill.end(fault, at);
      this.#disturbances.end(fault, at);
      this.#strike(fault, at, true);
    },
    pairHeralded: ({ pair, firstNode, secondNode, firstEmitted, secondEmitted }, { at }) => {
      if (this.#clocks.size === 0) return;
      this.#trust(pair, firstNode, firstEmitted, at);
      this.#trust(pair, secondNode, secondEmitted, at);
    },
  };
  readonly hears = (told: LedgerEvent) => {
    this.#standstill.hear(told);
    this.#disturbances.hear(told);
  };
  readonly #intervalNs: number;
  readonly #clocks = new Map<string, CheckedClock>();
  /** By node whose clock a fault has struck: until when each fault acts, by the fault. */
  readonly #strikes = new Map<string, Map<string, number>>();
  readonly #standstill = new NatureStandstill();
  readonly #disturbances = new Disturbances();
  readonly #violations: Violation[] = [];

  constructor({ clock }: Topology) {
    this.#intervalNs = clock.syncIntervalS * 1e9;
  }

  verdict(_atQuiescence: boolean): Verdict {
    if (this.#clocks.size === 0) return { ...verdictOf(this.name, [], true), idle: true };
    return verdictOf(this.name, this.#violations, false);
  }

  #strike(fault: FaultEntry | undefined, atNs: number, hasEnded: boolean): void {
    if (!fault || !CLOCK_FAULTS.has(fault.kind)) return;
    const { node = "" } = faultTarget(fault);
    const endNs = fault.atNs + (fault.forNs ?? Number.POSITIVE_INFINITY);
    const strikes = this.#strikes.get(node) ?? new Map<string, number>();
    this.#strikes.set(node, strikes.set(JSON.stringify(fault), hasEnded ? atNs : Math.max(atNs, endNs)));
  }

  /** A fault of this clock has acted since then; undefined: ever. */
  #isStruck(node: string, sinceNs = Number.NEGATIVE_INFINITY): boolean {
    return [...(this.#strikes.get(node)?.values() ?? [])].some((untilNs) => untilNs >= sinceNs);
  }

  #check(checked: ClockChecked, atNs: number): void {
    const { node, grandmaster, offsetPs, promisedPs, promisesPs, isHeld, settledNs } = checked;
    const clock = this.#clockOf(node);
    const isGone = grandmaster !== node && this.#clocks.get(grandmaster)?.untrustedSinceNs !== undefined;
    const isStruck = this.#isStruck(node, settledNs) || this.#isStruck(grandmaster, settledNs);
    const cannotKnow = isHeld === true && (isGone || isStruck);
    const isBeyond = promisedPs > 0 && offsetPs > promisedPs && !cannotKnow;
    clock.beyondSinceNs = isBeyond ? (clock.beyondSinceNs ?? atNs) : undefined;
    clock.untrustedSinceNs = promisesPs > 0 ? undefined : (clock.untrustedSinceNs ?? atNs);
    if (clock.beyondSinceNs === undefined) return;
    const message = `the clock of ${node} is ${offsetPs} ps from that of ${grandmaster}, and promised ${promisedPs} ps`;
    const beyondNs = atNs - clock.beyondSinceNs;
    if (beyondNs > INTERVALS_TO_NOTICE * this.#intervalNs) {
      this.#violations.push({ atNs, message: `${message}, for ${beyondNs} ns now` });
    } else if (this.#isNoChance(clock, checked, atNs)) {
      this.#violations.push({ atNs, message: `${message}, ${clock.beyondInQuiet} times with nothing wrong` });
    }
  }

  #clockOf(node: string): CheckedClock {
    const never = Number.NEGATIVE_INFINITY;
    const fresh = { beyondSinceNs: undefined, untrustedSinceNs: undefined, quietFromNs: never, beyondInQuiet: 0 };
    const clock = this.#clocks.get(node) ?? fresh;
    this.#clocks.set(node, clock);
    return clock;
  }

  /** Counts a clock that is beyond its promise; whether neither what has happened nor chance has brought it there. */
  #isNoChance(clock: CheckedClock, { offsetPs, promisedPs }: ClockChecked, atNs: number): boolean {
    const { quietFromNs } = this.#disturbances;
    if (quietFromNs !== clock.quietFromNs) [clock.quietFromNs, clock.beyondInQuiet] = [quietFromNs, 0];
    if (atNs <= quietFromNs + ELECTION_NS + INTERVALS_TO_SETTLE * this.#intervalNs) return false;
    clock.beyondInQuiet += 1;
    const intervals = (atNs - Math.max(0, quietFromNs)) / this.#intervalNs;
    return offsetPs > CHANCE_FACTOR * promisedPs || clock.beyondInQuiet > CHANCE_CHECKS + CHANCE_SHARE * intervals;
  }

  #trust(pair: string, node: string, emittedNs: number, atNs: number): void {
    const sinceNs = this.#clocks.get(node)?.untrustedSinceNs;
    if (sinceNs === undefined || emittedNs - sinceNs <= INTERVALS_TO_NOTICE * this.#intervalNs) return;
    if (this.#standstill.mayHaveMissed(emittedNs)) return;
    const message = `was heralded from ${node}, whose clock promises nothing since ${sinceNs} ns`;
    this.#violations.push({ pair, atNs, message });
  }
}
