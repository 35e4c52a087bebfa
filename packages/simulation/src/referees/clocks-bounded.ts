import type { Topology } from "@bellmesh/topology";
import type { FaultEntry } from "@bellmesh/wire/fault";
import type { ClockChecked, LedgerEvent } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { faultTarget } from "./fault-target.ts";
import { NatureStandstill } from "./nature-standstill.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** So many intervals of synchronisation a clock has to find out that something has happened to it. */
const INTERVALS_TO_NOTICE = 5;
/** What makes a clock, its stamps, or what it says of itself, something else than other clock-syncs take it for. */
const CLOCK_FAULTS: ReadonlySet<string> = new Set(["clock-step", "clock-drift", "clock-jitter", "false-announce"]);

interface CheckedClock {
  /** Since when it has been further off than promised; undefined while it is not. */
  beyondSinceNs: number | undefined;
  /** Its clock-sync promises nothing since then; undefined while it does. */
  untrustedSinceNs: number | undefined;
}

/**
 * No clock is further from the grandmaster's than its clock-sync says. Where something has happened to it, by a fault
 * or by messages held up, it finds out within five intervals of synchronisation: it is back within what it promises
 * then, or promises nothing; and of a node whose clock promises nothing for longer than that no pair is heralded. It is
 * nature that tells what clocks promise: of what is promised while it stands still it hears when it goes on.
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
      this.#strike(fault, at, false);
    },
    faultEnded: ({ fault }, { at }) => {
      this.#standstill.end(fault, at);
      this.#strike(fault, at, true);
    },
    pairHeralded: ({ pair, firstNode, secondNode, firstEmitted, secondEmitted }, { at }) => {
      if (this.#clocks.size === 0) return;
      this.#trust(pair, firstNode, firstEmitted, at);
      this.#trust(pair, secondNode, secondEmitted, at);
    },
  };
  readonly hears = (told: LedgerEvent) => this.#standstill.hear(told);
  readonly #intervalNs: number;
  readonly #clocks = new Map<string, CheckedClock>();
  /** By node whose clock a fault has struck: until when each fault acts, by the fault. */
  readonly #strikes = new Map<string, Map<string, number>>();
  readonly #standstill = new NatureStandstill();
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
    const clock = this.#clocks.get(node) ?? { beyondSinceNs: undefined, untrustedSinceNs: undefined };
    this.#clocks.set(node, clock);
    const isGone = grandmaster !== node && this.#clocks.get(grandmaster)?.untrustedSinceNs !== undefined;
    const isStruck = this.#isStruck(node, settledNs) || this.#isStruck(grandmaster, settledNs);
    const cannotKnow = isHeld === true && (isGone || isStruck);
    const isBeyond = promisedPs > 0 && offsetPs > promisedPs && !cannotKnow;
    clock.beyondSinceNs = isBeyond ? (clock.beyondSinceNs ?? atNs) : undefined;
    clock.untrustedSinceNs = promisesPs > 0 ? undefined : (clock.untrustedSinceNs ?? atNs);
    if (clock.beyondSinceNs === undefined) return;
    const beyondNs = atNs - clock.beyondSinceNs;
    if (beyondNs <= INTERVALS_TO_NOTICE * this.#intervalNs) return;
    const message = `the clock of ${node} is ${offsetPs} ps from that of ${grandmaster}, and promised ${promisedPs} ps`;
    this.#violations.push({ atNs, message: `${message}, for ${beyondNs} ns now` });
  }

  #trust(pair: string, node: string, emittedNs: number, atNs: number): void {
    const sinceNs = this.#clocks.get(node)?.untrustedSinceNs;
    if (sinceNs === undefined || emittedNs - sinceNs <= INTERVALS_TO_NOTICE * this.#intervalNs) return;
    if (this.#standstill.mayHaveMissed(emittedNs)) return;
    const message = `was heralded from ${node}, whose clock promises nothing since ${sinceNs} ns`;
    this.#violations.push({ pair, atNs, message });
  }
}
