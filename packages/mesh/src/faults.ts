import type { Entropy } from "./host.ts";

/**
 * What goes wrong, when, and where: the same entries drive the simulation and the real mesh.
 * A fault acts from `atNs` on for `forNs` of true mesh time; `forNs` may be Infinity.
 */
export type FaultEntry =
  | FaultOf<"loss", MessageTarget, { readonly probability: number }>
  /** A copy follows the message after `delayNs`. */
  | FaultOf<"duplication", MessageTarget, { readonly probability: number; readonly delayNs: number }>
  /** Adds `ns`, and up to `jitterNs` drawn uniformly. */
  | FaultOf<"delay", MessageTarget, { readonly ns: number; readonly jitterNs: number }>
  /** Holds a message back by up to `maxDelayNs`, so that later ones overtake it. */
  | FaultOf<"reorder", MessageTarget, { readonly probability: number; readonly maxDelayNs: number }>
  /** Nothing crosses between the places of `a` and those of `b`; one way: nothing from `a` to `b`. */
  | FaultOf<"partition", PartitionTarget, { readonly oneWay: boolean }>
  /** The processes of a place lose their connection to the bus. */
  | FaultOf<"bus-outage", PlaceTarget, Nothing>
  /** An address or a place goes down, and comes back after `forNs` unless that is 0 or Infinity. */
  | FaultOf<"crash", ProcessTarget, Nothing>
  /** An address or a place that is down starts again. `forNs` has no meaning. */
  | FaultOf<"restart", ProcessTarget, Nothing>;

interface FaultOf<Kind, Target, Arguments> {
  readonly atNs: number;
  readonly forNs: number;
  readonly kind: Kind;
  readonly target: Target;
  readonly args: Arguments;
}

type Nothing = Readonly<Record<string, never>>;

/** All that is named must fit; "*" and what is left out fit everything. */
export interface MessageTarget {
  /** Pattern of bus subjects, with `*` and `>`. With a subject the fault touches the bus alone. */
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Each side is some places; "*" is every place that is not on the other side. */
export interface PartitionTarget {
  readonly a: readonly string[] | "*";
  readonly b: readonly string[] | "*";
}

export interface PlaceTarget {
  /** "*" for all places. */
  readonly place: string;
}

export interface ProcessTarget {
  /** An address "<service>/<place>", or a place for all its processes. */
  readonly process: string;
}

/** Nature is no place on the network: "*" does not mean it. */
const NATURE = "nature";

type Of<Kind extends FaultEntry["kind"]> = Extract<FaultEntry, { kind: Kind }>;

/**
 * Decides the fate of every message at the send and the deliver boundary of a host. Pure but for its draws, which
 * come from the entropy streams `faults.<kind>.<from>.<to>`; no draw is made where no fault acts.
 *
 * The bus is at most once, so its messages are lost, doubled, delayed and reordered, and lost when a partition
 * cuts them off. RPC runs on TCP, which mends loss and order: it knows delay, and waits while a partition lasts.
 */
export class Faults {
  readonly #entropy: Entropy;
  readonly #loss: Of<"loss">[] = [];
  readonly #duplication: Of<"duplication">[] = [];
  readonly #delay: Of<"delay">[] = [];
  readonly #reorder: Of<"reorder">[] = [];
  readonly #partition: Of<"partition">[] = [];

  constructor(entropy: Entropy, schedule: readonly FaultEntry[] = []) {
    this.#entropy = entropy;
    for (const entry of schedule) this.add(entry);
  }

  /** Adds an entry. What happens to processes and connections (crash, restart, outage) is the host's to do. */
  add(entry: FaultEntry): void {
    if (!(entry.atNs >= 0 && entry.forNs >= 0)) throw new RangeError(`a ${entry.kind} fault needs atNs, forNs >= 0`);
    if ("probability" in entry.args && !(entry.args.probability >= 0 && entry.args.probability <= 1)) {
      throw new RangeError(`a ${entry.kind} fault needs a probability in [0, 1], not ${entry.args.probability}`);
    }
    if (entry.kind === "loss") this.#loss.push(entry);
    else if (entry.kind === "duplication") this.#duplication.push(entry);
    else if (entry.kind === "delay") this.#delay.push(entry);
    else if (entry.kind === "reorder") this.#reorder.push(entry);
    else if (entry.kind === "partition") this.#partition.push(entry);
  }

  /**
   * The fate of a bus message when it is sent: how long each of its copies is held back, in ns.
   * @returns undefined when no fault touches it; an empty list when it is lost.
   */
  message(nowNs: number, subject: string, from: string, to: string): readonly number[] | undefined {
    if (this.cutsMessage(nowNs, from, to)) return [];
    for (const entry of this.#loss) {
      if (strikes(entry, nowNs, subject, from, to) && this.#chance(entry.args.probability, "loss", from, to)) return [];
    }
    let copies: number[] | undefined;
    for (const entry of this.#duplication) {
      if (!strikes(entry, nowNs, subject, from, to)) continue;
      copies ??= [0];
      if (this.#chance(entry.args.probability, "duplication", from, to)) copies.push(entry.args.delayNs);
    }
    for (const entry of this.#delay) {
      if (!strikes(entry, nowNs, subject, from, to)) continue;
      copies ??= [0];
      for (let index = 0; index < copies.length; index++) {
        copies[index] = (copies[index] as number) + this.#delayOf(entry, from, to);
      }
    }
    for (const entry of this.#reorder) {
      if (!strikes(entry, nowNs, subject, from, to)) continue;
      copies ??= [0];
      for (let index = 0; index < copies.length; index++) {
        if (!this.#chance(entry.args.probability, "reorder", from, to)) continue;
        copies[index] = (copies[index] as number) + this.#upTo(entry.args.maxDelayNs, "reorder", from, to);
      }
    }
    return copies;
  }

  /** Whether a bus message that arrives now is lost, because the way is cut. */
  cutsMessage(nowNs: number, from: string, to: string): boolean {
    return this.#partition.some((entry) => acts(entry, nowNs) && cuts(entry, from, to));
  }

  /** How much longer than usual something sent by RPC now takes, in ns. */
  rpcDelayNs(nowNs: number, from: string, to: string): number {
    let extraNs = 0;
    for (const entry of this.#delay) {
      if (entry.target.subject === undefined && strikes(entry, nowNs, "", from, to)) {
        extraNs += this.#delayOf(entry, from, to);
      }
    }
    return extraNs;
  }

  /** Until when RPC from one place to another stands still; `nowNs` when it does not. */
  heldUntilNs(nowNs: number, from: string, to: string): number {
    let untilNs = nowNs;
    for (let known = -1; known !== untilNs; ) {
      known = untilNs;
      for (const entry of this.#partition) {
        if (acts(entry, untilNs) && cuts(entry, from, to)) untilNs = Math.max(untilNs, entry.atNs + entry.forNs);
      }
    }
    return untilNs;
  }

  #chance(probability: number, kind: string, from: string, to: string): boolean {
    return this.#entropy.stream(`faults.${kind}.${from}.${to}`).uniform() < probability;
  }

  #delayOf(entry: Of<"delay">, from: string, to: string): number {
    const { ns, jitterNs } = entry.args;
    return Math.round(ns) + (jitterNs > 0 ? this.#upTo(jitterNs, "delay", from, to) : 0);
  }

  #upTo(mostNs: number, kind: string, from: string, to: string): number {
    return Math.round(this.#entropy.stream(`faults.${kind}.${from}.${to}`).uniform() * mostNs);
  }
}

/** Whether a partition keeps what goes from one place to another from arriving. */
export function cuts(entry: Of<"partition">, from: string, to: string): boolean {
  if (from === to) return false;
  const { a, b } = entry.target;
  if (on(a, from, b) && on(b, to, a)) return true;
  return !entry.args.oneWay && on(b, from, a) && on(a, to, b);
}

/** Whether a subject falls under a pattern: `*` is one token, `>` one or more at the end. */
export function subjectMatches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (let index = 0; index < pattern.length; index++) {
    const token = pattern[index];
    if (token === ">") return subject.length > index;
    if (index >= subject.length || (token !== "*" && token !== subject[index])) return false;
  }
  return pattern.length === subject.length;
}

function on(side: readonly string[] | "*", place: string, other: readonly string[] | "*"): boolean {
  if (side !== "*") return side.includes(place);
  return place !== NATURE && (other === "*" || !other.includes(place));
}

function acts(entry: FaultEntry, nowNs: number): boolean {
  return nowNs >= entry.atNs && nowNs < entry.atNs + entry.forNs;
}

function strikes(
  entry: Of<"loss" | "duplication" | "delay" | "reorder">,
  nowNs: number,
  subject: string,
  from: string,
  to: string,
): boolean {
  if (!acts(entry, nowNs)) return false;
  const { target } = entry;
  if (!fits(target.from, from) || !fits(target.to, to)) return false;
  return target.subject === undefined || subjectMatches(target.subject.split("."), subject.split("."));
}

function fits(wanted: string | undefined, place: string): boolean {
  return wanted === place || ((wanted === undefined || wanted === "*") && place !== NATURE);
}
