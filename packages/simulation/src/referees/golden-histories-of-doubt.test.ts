import { expect, test } from "vitest";
import { LedgerReaders } from "../ledger-readers.ts";
import { doubtfulHistories } from "./golden-histories-of-doubt.ts";
import { goldenTopology } from "./golden-lines.ts";
import { allReferees, verdicts } from "./index.ts";

test.each(doubtfulHistories.map((one) => [one.title, one] as const))(
  "referees leave open what they cannot know when %s",
  (_, { events, atQuiescence, isWhole, unknownTo, idleTo }) => {
    const referees = allReferees(goldenTopology);
    const readers = new LedgerReaders(referees);
    for (const event of events) readers.read(event);
    const said = verdicts(referees, atQuiescence, isWhole);
    const unknown = said.filter(({ verdict, idle }) => verdict === "unknown" && !idle).map(({ name }) => name);
    const all = referees.map(({ name }) => name).sort();
    expect(said.filter(({ verdict }) => verdict === "false")).toEqual([]);
    expect(unknown.sort()).toEqual(unknownTo === "all" ? all : unknownTo);
    expect(
      said
        .filter(({ idle }) => idle)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(idleTo);
  },
);
