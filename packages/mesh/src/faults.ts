import type { FaultEntry, FaultOf } from "./faults/fault-kinds.ts";
import type { FaultyLink } from "./faults/fault-scope.ts";
import type { Entropy } from "./host.ts";

/** Nature is no place on the network: "*" does not mean it. */
const NATURE = "nature";

type MessageTarget = FaultOf<"loss">["target"];
type DelayingFault = FaultOf<"delay"> | FaultOf<"asymmetric-delay">;

/** Faults while which nothing crosses some way. */
export type CuttingFault = FaultOf<"partition"> | FaultOf<"control-cut"> | FaultOf<"cable-cut">;

/**
 * Decides the fate of every message at the send and the deliver boundary of a host. Pure but for its draws, which
 * come from the entropy streams `faults.<kind>.<from>.<to>`; no draw is made where no fault acts.
 *
 * The bus is at most once, so its messages are lost, doubled, delayed and reordered, and lost when a partition
 * cuts them off. RPC runs on TCP, which mends loss and order: it knows delay, and waits while a partition lasts.
 */
export class Faults {
  readonly #entropy: Entropy;
  readonly #links: readonly FaultyLink[];
  readonly #loss: FaultOf<"loss">[] = [];
  readonly #duplication: FaultOf<"duplication">[] = [];
  readonly #delay: DelayingFault[] = [];
  readonly #reorder: FaultOf<"reorder">[] = [];
  readonly #cuts: CuttingFault[] = [];
  readonly #slow: FaultOf<"slow-consumer">[] = [];
  /** Until when a slow process is busy with the messages it has taken, by address. */
  readonly #busyUntilNs = new Map<string, number>();

  /** @param links with their ends, for faults that befall what crosses a link */
  constructor(entropy: Entropy, schedule: readonly FaultEntry[] = [], links: readonly FaultyLink[] = []) {
    this.#entropy = entropy;
    this.#links = links;
    for (const entry of schedule) this.add(entry);
  }

  /** Adds an entry. What happens to processes and connections (crash, pause, outage) is the host's to do. */
  add(entry: FaultEntry): void {
    if (!(entry.atNs >= 0 && entry.forNs >= 0)) throw new RangeError(`a ${entry.kind} fault needs atNs, forNs >= 0`);
    if ("probability" in entry.args && !(entry.args.probability >= 0 && entry.args.probability <= 1)) {
      throw new RangeError(`a ${entry.kind} fault needs a probability in [0, 1], not ${entry.args.probability}`);
    }
    this.#listOf(entry)?.push(entry);
  }

  /** Takes an entry away; messages are spared from now on. */
  remove(entry: FaultEntry): void {
    const list = this.#listOf(entry);
    const place = list?.indexOf(entry) ?? -1;
    if (place >= 0) list?.splice(place, 1);
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
      if (!acts(entry, nowNs) || !delays(entry, subject, from, to)) continue;
      copies ??= [0];
      for (let index = 0; index < copies.length; index++) {
        copies[index] = (copies[index] as number) + this.#delayOf(entry, subject, from, to);
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
    return this.#cuts.some((entry) => acts(entry, nowNs) && this.cuts(entry, from, to));
  }

  /** How much longer than usual something sent by RPC now takes, in ns. */
  rpcDelayNs(nowNs: number, from: string, to: string): number {
    let extraNs = 0;
    for (const entry of this.#delay) {
      if ("subject" in entry.target || !acts(entry, nowNs)) continue;
      extraNs += this.#delayOf(entry, "", from, to);
    }
    return extraNs;
  }

  /** Until when RPC from one place to another stands still; `nowNs` when it does not. */
  heldUntilNs(nowNs: number, from: string, to: string): number {
    let untilNs = nowNs;
    for (let known = -1; known !== untilNs; ) {
      known = untilNs;
      for (const entry of this.#cuts) {
        if (acts(entry, untilNs) && this.cuts(entry, from, to)) untilNs = Math.max(untilNs, entry.atNs + entry.forNs);
      }
    }
    return untilNs;
  }

  /**
   * When a process gets to a bus message that has arrived: now, unless it is slow.
   * @returns undefined when the message finds no room and is lost
   */
  consumedNs(nowNs: number, address: string): number | undefined {
    const busyUntilNs = Math.max(nowNs, this.#busyUntilNs.get(address) ?? 0);
    for (const entry of this.#slow) {
      if (!acts(entry, nowNs) || !isOf(entry.target.process, address)) continue;
      const { perMessageNs, pendingMax } = entry.args;
      if (busyUntilNs - nowNs >= pendingMax * perMessageNs) return undefined;
      this.#busyUntilNs.set(address, busyUntilNs + perMessageNs);
      return busyUntilNs + perMessageNs;
    }
    return busyUntilNs;
  }

  /** Whether a fault keeps what goes from one place to another from arriving. */
  cuts(entry: CuttingFault, from: string, to: string): boolean {
    if (entry.kind === "partition") return parts(entry, from, to);
    const link = this.#links.find(({ name }) => name === entry.target.link);
    const crosses = (place: string) => link !== undefined && (place === link.name || link.ends.includes(place));
    return from !== to && crosses(from) && crosses(to);
  }

  #listOf(entry: FaultEntry): FaultEntry[] | undefined {
    switch (entry.kind) {
      case "loss":
        return this.#loss;
      case "duplication":
        return this.#duplication;
      case "delay":
      case "asymmetric-delay":
        return this.#delay;
      case "reorder":
        return this.#reorder;
      case "slow-consumer":
        return this.#slow;
      default:
        return isCutting(entry) ? this.#cuts : undefined;
    }
  }

  #chance(probability: number, kind: string, from: string, to: string): boolean {
    return this.#entropy.stream(`faults.${kind}.${from}.${to}`).uniform() < probability;
  }

  #delayOf(entry: DelayingFault, subject: string, from: string, to: string): number {
    if (!delays(entry, subject, from, to)) return 0;
    if (entry.kind === "asymmetric-delay") {
      const { target, args } = entry;
      return fits(target.from, from) && fits(target.to, to) ? args.forthNs : args.backNs;
    }
    const { ns, jitterNs } = entry.args;
    return Math.round(ns) + (jitterNs > 0 ? this.#upTo(jitterNs, "delay", from, to) : 0);
  }

  #upTo(mostNs: number, kind: string, from: string, to: string): number {
    return Math.round(this.#entropy.stream(`faults.${kind}.${from}.${to}`).uniform() * mostNs);
  }
}

/** Whether nothing crosses some way while this fault acts. */
export function isCutting(entry: FaultEntry): entry is CuttingFault {
  return entry.kind === "partition" || entry.kind === "control-cut" || entry.kind === "cable-cut";
}

/** Whether a process is meant, by its address or by its place. */
export function isOf(process: string, address: string): boolean {
  return process === address || process === address.slice(address.indexOf("/") + 1);
}

function parts(entry: FaultOf<"partition">, from: string, to: string): boolean {
  if (from === to) return false;
  const { a, b } = entry.target;
  if (on(a, from, b) && on(b, to, a)) return true;
  return !entry.args.oneWay && on(b, from, a) && on(a, to, b);
}

function delays(entry: DelayingFault, subject: string, from: string, to: string): boolean {
  const { target } = entry;
  if (entry.kind === "delay") return isMeant(entry.target, subject, from, to);
  const forth = fits(target.from, from) && fits(target.to, to);
  return forth || (fits(target.to, from) && fits(target.from, to));
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
  entry: FaultOf<"loss" | "duplication" | "reorder">,
  nowNs: number,
  subject: string,
  from: string,
  to: string,
): boolean {
  return acts(entry, nowNs) && isMeant(entry.target, subject, from, to);
}

function isMeant(target: MessageTarget, subject: string, from: string, to: string): boolean {
  if (!fits(target.from, from) || !fits(target.to, to)) return false;
  return target.subject === undefined || subjectMatches(target.subject.split("."), subject.split("."));
}

function fits(wanted: string | undefined, place: string): boolean {
  return wanted === place || ((wanted === undefined || wanted === "*") && place !== NATURE);
}
