import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { pairs } from "./golden-histories-of-truth.ts";
import {
  accepted,
  befallen,
  delivered,
  heralded,
  history,
  type Line,
  measured,
  readOff,
  stored,
} from "./golden-lines.ts";

/** A short ledger written by hand of which no referee knows anything wrong, and some do not know that it is sound. */
export interface DoubtfulHistory {
  readonly title: string;
  readonly events: readonly LedgerEvent[];
  /** Nothing is under way any more. */
  readonly atQuiescence: boolean;
  /** No event is missing. */
  readonly isWhole: boolean;
  /** Who says unknown for what was seen or not seen, in alphabetical order; "all". */
  readonly unknownTo: readonly string[] | "all";
  /** Who says unknown for want of anything to judge. */
  readonly idleTo: readonly string[];
}

const withoutClocksBitsAndCensuses = ["clocks-bounded", "key-bits", "no-storm", "nothing-left"];
const withoutMeansToo = ["clocks-bounded", "ground-truth", "key-bits", "no-storm", "nothing-left"];

/** The same, their photons further apart than clocks that run as promised can bring them. */
const skewed = (lines: readonly Line[]): readonly Line[] =>
  lines.map(([writer, told]) => [
    writer,
    (atNs) => {
      const event = typeof told === "function" ? told(atNs) : told;
      if (event.$case !== "pairHeralded") return event;
      return { $case: "pairHeralded", pairHeralded: { ...event.pairHeralded, photonOffsetPs: 1e7 } };
    },
  ]);

function doubtful(
  title: string,
  { atQuiescence = true, isWhole = true, idleTo = withoutMeansToo, ...told }: Partial<DoubtfulHistory>,
  ...lines: readonly Line[]
): DoubtfulHistory {
  const { events } = history(title, [], ...lines);
  return { title, events, atQuiescence, isWhole, unknownTo: told.unknownTo ?? [], idleTo };
}

/** One for each reason to say unknown. */
export const doubtfulHistories: readonly DoubtfulHistory[] = [
  doubtful(
    "there was a fault of which the stack could not know, and pairs are worth less than claimed",
    { unknownTo: ["ground-truth"], idleTo: withoutClocksBitsAndCensuses },
    befallen("physical-link/ab", "dark-count-burst", "faultBegan"),
    ...pairs(40, () => 0.6),
    befallen("physical-link/ab", "dark-count-burst", "faultEnded"),
  ),
  doubtful(
    "a request is under way, whose pair one end has delivered",
    {
      atQuiescence: false,
      unknownTo: [
        "conservation",
        "ends-agree",
        "frame-parity",
        "no-slot-leaked",
        "one-terminal-outcome",
        "requests-end",
      ],
    },
    accepted("alice", "bob"),
    heralded("ab/1/1", "alice", "bob", 1),
    stored("ab/1/1", "bob"),
    delivered("ab/1/1", "alice", "bob", 1),
  ),
  doubtful(
    "a half was measured that is not told to be delivered yet",
    {
      atQuiescence: false,
      unknownTo: ["conservation", "key-bits", "one-terminal-outcome"],
      idleTo: ["clocks-bounded", "ground-truth", "no-storm", "nothing-left"],
    },
    heralded("ab/1/1", "alice", "bob", 1),
    readOff("ab/1/1", "alice", 0, true),
  ),
  doubtful("events are missing", { isWhole: false, unknownTo: "all", idleTo: [] }, ...pairs(2, () => 0.9)),
  doubtful("there is nothing to judge but few pairs", {}, ...pairs(2, () => 0.9)),
  doubtful("pairs are worth nothing, and one too few for a mean", {}, ...pairs(29, () => 0.01)),
  doubtful("photons of pairs came too far apart for the clocks to be right", {}, ...skewed(pairs(60, () => 0.3))),
  doubtful(
    "there are enough pairs between two nodes, and too few between two others",
    {},
    ...pairs(30, () => 0.9),
    heralded("ar/1/1", "alice", "rob", 1),
    delivered("ar/1/1", "alice", "rob", 1, 31),
    delivered("ar/1/1", "rob", "alice", 1, 31),
    measured("ar/1/1", "alice", "ar/1/1", "rob", 1, 0.3),
  ),
  doubtful(
    "there is nothing to judge but as many pairs as a mean takes",
    { idleTo: withoutClocksBitsAndCensuses },
    ...pairs(30, () => 0.9),
  ),
];
