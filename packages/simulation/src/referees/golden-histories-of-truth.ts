import { deployment } from "@bellmesh/topology";
import { Outcome } from "@bellmesh/wire/ledger";
import type { GoldenHistory } from "./golden-histories.ts";
import {
  accepted,
  again,
  befallen,
  census,
  clockChecked,
  clockSpared,
  clockStruck,
  controllerRestarted,
  delivered,
  ended,
  framed,
  goldenTopology,
  heldOver,
  heralded,
  history,
  type Line,
  measured,
  measuredWith,
  readOff,
  requestEnded,
  slowHistory,
  stored,
  swapped,
  takenAttempts,
  upgraded,
} from "./golden-lines.ts";

const links: readonly Line[] = [heralded("ar/1/1", "alice", "rob", 1), heralded("rb/1/1", "rob", "bob", 3)];

/** All of it happens when its first line does. */
function atOneInstant(history: GoldenHistory): GoldenHistory {
  return { ...history, events: history.events.map((event) => ({ ...event, at: history.events[0]?.at ?? 0 })) };
}

const SECOND_NS = 1e9;

const oneHop: readonly Line[] = [heralded("ab/1/1", "alice", "bob", 1), delivered("ab/1/1", "bob", "alice", 1)];

/** A pair that both ends deliver, 3.5 µs after its emission, with what its halves lost by waiting. */
function waited(...waits: [number, number]): readonly Line[] {
  const told = measured("ab/1/1", "alice", "ab/1/1", "bob", 1);
  return [...oneHop, delivered("ab/1/1", "alice", "bob", 1), measuredWith(told, waits)];
}

/** Nature stands still; what happens when it does and when it goes on, and then the halves of a pair end. */
function standstill(title: string, rejectedBy: readonly string[], ...meanwhile: readonly Line[]): GoldenHistory {
  return slowHistory(
    20_000_000,
    title,
    rejectedBy,
    befallen("quantum-state/nature", "pause", "faultBegan"),
    ...meanwhile,
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  );
}

/** Pairs heralded one after another, 10 ms apart, which is ten cycles, with so many attempts; their halves expire. */
function attempted(
  title: string,
  rejectedBy: readonly string[],
  ...tried: readonly (readonly [pair: string, attempts: number])[]
): GoldenHistory {
  const heralds = tried.map(([pair, attempts]) => takenAttempts(attempts, heralded(pair, "alice", "bob", 1)));
  const ends = tried.flatMap(([pair]) => ["alice", "bob"].map((node) => ended(pair, node, Outcome.EXPIRED)));
  return slowHistory(10_000_000, title, rejectedBy, ...heralds, ...ends);
}

/** Pairs of one hop, delivered at both ends one after another, claimed to be worth 0.9 and worth so much. */
export function pairs(
  count: number,
  fidelity: (number: number) => number,
  after: (pair: string, number: number) => readonly Line[] = () => [],
): readonly Line[] {
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((number) => {
    const pair = `ab/1/${number}`;
    return [
      heralded(pair, "alice", "bob", 1),
      delivered(pair, "alice", "bob", 1, number),
      delivered(pair, "bob", "alice", 1, number),
      measured(pair, "alice", pair, "bob", 1, fidelity(number)),
      ...after(pair, number),
    ];
  });
}

/** Histories to which no referee objects: what is true, and when it can be known. */
export const goodHistoriesOfTruth: readonly GoldenHistory[] = [
  history("pairs are worth what they were claimed to be, more or less", [], ...pairs(40, (n) => 0.8 + 0.2 * (n % 2))),
  history("few pairs are worth much less than claimed, by chance", [], ...pairs(5, () => 0.6)),
  history("halves lose by waiting what their memory takes in that time", [], ...waited(2.6e-6, 2.6e-6)),
  standstill(
    "a pair is heralded while nature stands still, made when that goes on, and stored then",
    [],
    befallen("quantum-state/nature", "pause", "faultEnded"),
    heralded("ab/1/1", "alice", "bob", 1, 15_000_000),
    stored("ab/1/1", "bob"),
  ),
  attempted(
    "a pair takes as many attempts as there are cycles since the pair before it",
    [],
    ["ab/1/1", 500],
    ["ab/1/2", 10],
    ["ab/1/4", 1],
    ["ab/2/1", 500],
  ),
  history(
    "two halves are swapped within their cutoff",
    [],
    heralded("ar/1/1", "alice", "rob", 1, 97_000),
    heralded("rb/1/1", "rob", "bob", 3),
    swapped("rob", "ar/1/1", "rb/1/1", 0),
    delivered("rb/1/1", "bob", "alice", 2),
    delivered("ar/1/1", "alice", "bob", 2),
  ),
  history(
    "an index is announced as soon as light has brought it",
    [],
    ...links,
    swapped("rob", "ar/1/1", "rb/1/1", 0, 500),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("rb/1/1", "bob", "alice", 2),
  ),
  history(
    "a head-end forgets a request in a crash",
    [],
    accepted("alice", "bob"),
    heralded("ab/1/1", "alice", "bob", 1),
    controllerRestarted("alice"),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
    again(ended("ab/1/1", "alice", Outcome.EXPIRED)),
  ),
  history(
    "a node crashes before nature has heard what it delivered",
    [],
    ...pairs(1, () => 0.9),
    heralded("ab/1/2", "alice", "bob", 1),
    delivered("ab/1/2", "alice", "bob", 1, 2),
    controllerRestarted("alice"),
    ended("ab/1/2", "alice", Outcome.LOST_CRASH),
    delivered("ab/1/2", "bob", "alice", 1, 2),
  ),
  history(
    "a half is measured before nature has heard that the other end has delivered its own",
    [],
    ...pairs(1, () => 0.9),
    heralded("ab/1/2", "alice", "bob", 1),
    delivered("ab/1/2", "alice", "bob", 1, 2),
    readOff("ab/1/2", "alice", 0, true),
    delivered("ab/1/2", "bob", "alice", 1, 2),
  ),
  history(
    "bits agree but for as many as the pairs are bad",
    [],
    // ψ+: opposite along Z, equal along X and along Y.
    ...pairs(
      36,
      () => 0.9,
      (pair, number) => [
        readOff(pair, "alice", number % 3, number % 2 === 0),
        readOff(pair, "bob", number % 3, ((number % 3 === 0) !== (number % 2 === 0)) !== (number % 9 === 1)),
      ],
    ),
  ),
  slowHistory(
    SECOND_NS,
    "a clock is stepped, finds out, and promises more",
    [],
    clockStruck("bob", "clock-step"),
    clockChecked("bob", 20_000, 0, 300),
    clockChecked("bob", 50, 300, 300),
    clockChecked("bob", 5_000_050, 300, 25_000_000),
    clockChecked("bob", 1_000_000, 25_000_000, 25_000_000),
  ),
  slowHistory(
    SECOND_NS,
    "what a clock promises while nature stands still nature cannot tell before a pair is heralded by it",
    [],
    ...Array.from({ length: 7 }, () => clockChecked("bob", 400, 0, 0)),
    befallen("quantum-state/nature", "pause", "faultBegan"),
    // A crash that is to come with its next step does not wake it.
    befallen("quantum-state/nature", "crash", "faultBegan", { inStep: true }),
    befallen("quantum-state/nature", "crash", "faultEnded", { inStep: true }),
    befallen("quantum-state/nature", "pause", "faultEnded"),
    heralded("ab/1/1", "alice", "bob", 1, 1.5 * SECOND_NS),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  slowHistory(
    SECOND_NS,
    "a clock in holdover cannot know that its grandmaster's was set",
    [],
    clockStruck("alice", "clock-step"),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300))),
  ),
  slowHistory(
    SECOND_NS,
    "a clock in holdover cannot know that its grandmaster's has started over",
    [],
    clockChecked("alice", 0, 300, 0),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300))),
  ),
  slowHistory(
    SECOND_NS,
    "a clock in holdover cannot know that its grandmaster only claims to be one",
    [],
    clockStruck("alice", "false-announce"),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300))),
  ),
  slowHistory(
    SECOND_NS,
    "a clock that had settled before it was set holds over",
    [],
    clockStruck("bob", "clock-step"),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300), 500_000)),
  ),
  slowHistory(
    SECOND_NS,
    "a clock in holdover had settled while its oscillator drifted, which it still does",
    [],
    clockStruck("bob", "clock-drift", 60 * SECOND_NS),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300), 3 * SECOND_NS)),
  ),
  history(
    "a repeater swaps beyond its cutoff, by less than its clock was found to be off",
    [],
    clockStruck("rob", "clock-step"),
    clockChecked("rob", 20_000, 0, 300),
    clockChecked("rob", 10_000_000, 300, 300),
    heralded("ar/1/1", "alice", "rob", 1, 99_500),
    heralded("rb/1/1", "rob", "bob", 3),
    swapped("rob", "ar/1/1", "rb/1/1", 0),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("rb/1/1", "bob", "alice", 2),
  ),
  history(
    "processes stand ready, and an application still listens",
    [],
    census("quantum-state/nature", 10),
    census("clock-sync/bob", 1, 1),
    census("requester/bob", 1),
    census("node-controller/bob", 4),
  ),
];

/** Histories each of which breaks a rule of what is true, of when it can be known, or of what comes to an end. */
export const badHistoriesOfTruth: readonly GoldenHistory[] = [
  history("pairs are worth less than claimed, in the mean", ["ground-truth"], ...pairs(40, () => 0.89)),
  history("a half loses by waiting more than its memory can take", ["waits-once"], ...waited(2.6e-6, 2.7e-6)),
  standstill(
    "a half is stored of which nature has not heard, for it stands still",
    ["causality"],
    stored("ab/1/1", "bob"),
    befallen("quantum-state/nature", "pause", "faultEnded"),
    heralded("ab/1/1", "alice", "bob", 1, 25_000_000),
  ),
  history(
    "nature tells of one pair that both ends delivered, and not of another",
    ["frame-parity"],
    ...pairs(1, () => 0.9),
    heralded("ab/1/2", "alice", "bob", 1),
    delivered("ab/1/2", "alice", "bob", 1, 2),
    delivered("ab/1/2", "bob", "alice", 1, 2),
  ),
  history(
    "an index is announced before the outcome of the swap can have come",
    ["causality"],
    ...links,
    swapped("rob", "ar/1/1", "rb/1/1", 0, 600),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("rb/1/1", "bob", "alice", 2),
  ),
  history(
    "an index is announced before the repeater swaps",
    ["causality"],
    ...links,
    delivered("ar/1/1", "alice", "bob", 2),
    swapped("rob", "ar/1/1", "rb/1/1", 0),
    delivered("rb/1/1", "bob", "alice", 2),
  ),
  history(
    "an index is made known before the outcome of the swap can have come",
    ["causality"],
    ...links,
    delivered("ar/1/1", "alice", "bob", undefined),
    swapped("rob", "ar/1/1", "rb/1/1", 0, 900),
    upgraded("ar/1/1", "alice", 2),
    delivered("rb/1/1", "bob", "alice", 2),
  ),
  history(
    "a head-end turns its half before the outcome of the swap can have come",
    ["causality"],
    ...links,
    swapped("rob", "ar/1/1", "rb/1/1", 0, 600),
    framed("ar/1/1", "alice", 2),
    delivered("ar/1/1", "alice", "bob", 0),
    delivered("rb/1/1", "bob", "alice", 0),
  ),
  history(
    "a station heralds photons that have not come yet",
    ["causality"],
    heralded("ab/1/1", "alice", "bob", 1, 100),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  attempted(
    "a pair takes more attempts than there are cycles since the pair before it",
    ["causality"],
    ["ab/1/1", 500],
    ["ab/1/3", 20],
  ),
  history(
    "a half is put into a slot that is not there",
    ["memory-kept"],
    heralded("ab/1/1", "alice", "bob", 1),
    stored("ab/1/1", "alice", 2),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "a repeater swaps a half beyond its cutoff",
    ["memory-kept"],
    heralded("ar/1/1", "alice", "rob", 1, 99_500),
    heralded("rb/1/1", "rob", "bob", 3),
    swapped("rob", "ar/1/1", "rb/1/1", 0),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("rb/1/1", "bob", "alice", 2),
  ),
  history(
    "a repeater swaps beyond its cutoff, by more than its clock was found to be off since it has been trusted",
    ["memory-kept"],
    clockStruck("rob", "clock-step"),
    clockChecked("rob", 10_000_000, 0, 300),
    clockChecked("rob", 100_000, 300, 300),
    heralded("ar/1/1", "alice", "rob", 1, 99_500),
    heralded("rb/1/1", "rob", "bob", 3),
    swapped("rob", "ar/1/1", "rb/1/1", 0),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("rb/1/1", "bob", "alice", 2),
  ),
  history(
    "a request is accepted and nothing more is heard of it",
    ["requests-end"],
    accepted("alice", "bob"),
    requestEnded("bob", 0),
  ),
  history(
    "another node than the head-end restarts, and nothing more is heard of a request",
    ["requests-end"],
    accepted("alice", "bob"),
    controllerRestarted("bob"),
  ),
  atOneInstant(
    history(
      "a timer is left when nothing is under way",
      ["nothing-left"],
      ...deployment(goldenTopology).map(({ address }) => census(address, 0, address === "link-layer/bob" ? 1 : 0)),
    ),
  ),
  history(
    "bits of good pairs disagree",
    ["key-bits"],
    ...pairs(
      40,
      () => 0.95,
      (pair, number) => [readOff(pair, "alice", 1, number % 2 === 0), readOff(pair, "bob", 1, number % 3 === 0)],
    ),
  ),
  history(
    "a half gives two bits",
    ["key-bits"],
    ...pairs(
      1,
      () => 0.95,
      (pair) => [readOff(pair, "alice", 0, true), readOff(pair, "alice", 1, true)],
    ),
  ),
  history(
    "a half is measured that nobody was given",
    ["key-bits"],
    heralded("ab/1/1", "alice", "bob", 1),
    readOff("ab/1/1", "alice", 0, true),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half is measured that has expired",
    ["key-bits"],
    heralded("ab/1/1", "alice", "bob", 1),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    readOff("ab/1/1", "alice", 0, true),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history("a half is measured that was never heralded", ["key-bits"], readOff("ab/1/1", "alice", 0, true)),
  history(
    "nature has a pair that was never heralded",
    ["frame-parity"],
    ...pairs(1, () => 0.95),
    measured("ab/1/2", "alice", "ab/1/2", "bob", 1),
  ),
  slowHistory(
    SECOND_NS,
    "a clock is further off than it promises, and never finds out",
    ["clocks-bounded"],
    ...Array.from({ length: 8 }, () => clockChecked("bob", 400, 300, 300)),
  ),
  slowHistory(
    SECOND_NS,
    "a clock in holdover runs away from its grandmaster, by itself",
    ["clocks-bounded"],
    clockStruck("carol", "clock-step"),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300))),
  ),
  slowHistory(
    SECOND_NS,
    "a clock in holdover runs away that was set long ago, and had settled since",
    ["clocks-bounded"],
    clockStruck("bob", "clock-step"),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300), 500_000_000)),
  ),
  slowHistory(
    SECOND_NS,
    "a clock in holdover runs away, whose grandmaster's drifted no longer when it settled",
    ["clocks-bounded"],
    clockStruck("alice", "clock-drift", 60 * SECOND_NS),
    clockSpared("alice", "clock-drift", 60 * SECOND_NS),
    ...Array.from({ length: 8 }, () => heldOver(clockChecked("bob", 400, 300, 300), 1.5 * SECOND_NS)),
  ),
  slowHistory(
    SECOND_NS,
    "a pair is heralded from a node whose clock promises nothing",
    ["clocks-bounded"],
    ...Array.from({ length: 7 }, () => clockChecked("bob", 400, 0, 0)),
    heralded("ab/1/1", "alice", "bob", 1),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history("a stream is left when nothing is under way", ["nothing-left"], census("node-controller/bob", 4)),
  history("a process sends without end", ["no-storm"], census("network-layer/bob", 4, 0, 20_000)),
  history(
    "a process starts again and sends as much as before, which is too much together",
    ["no-storm"],
    census("network-layer/bob", 4, 0, 70),
    again(census("network-layer/bob", 4, 0, 100)),
  ),
];
