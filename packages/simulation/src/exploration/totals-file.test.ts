import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { thrownReport } from "./run-seed.ts";
import { TotalsError } from "./totals-error.ts";
import { TotalsFile } from "./totals-file.ts";

const folder = mkdtempSync(join(tmpdir(), "totals-"));
const file = join(folder, "further", "abc.json");
beforeEach(() => rmSync(join(folder, "further"), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens the file, adds these seeds and saves. */
function add(...seeds: number[]): TotalsFile {
  const kept = new TotalsFile(file, "abc");
  for (const seed of seeds) kept.add(thrownReport(seed, "so"), `see ${seed}`);
  kept.save();
  return kept;
}

const seedsThere = () => JSON.parse(readFileSync(file, "utf8")).seeds;

describe("A file of totals", () => {
  test("is made with its folder, keeps what was added, and leaves nothing beside it", () => {
    add(1, 2);
    const further = add(3, 1);
    expect(further.totals.summary()).toMatchObject({ seedsRun: 3, violations: { length: 3 } });
    expect(new TotalsFile(file, "abc").totals.summary()).toEqual(further.totals.summary());
    expect(seedsThere()).toBe("1..3");
    expect(readdirSync(join(folder, "further"))).toEqual(["abc.json"]);
  });

  test("takes what two explorations add at the same time, and counts a seed that both ran once", () => {
    const [one, other] = [new TotalsFile(file, "abc"), new TotalsFile(file, "abc")];
    for (const seed of [1, 2]) one.add(thrownReport(seed, "so"), "");
    one.save();
    for (const seed of [2, 3]) other.add(thrownReport(seed, "so"), "");
    other.save();
    one.add(thrownReport(4, "so"), "");
    one.save();
    expect(seedsThere()).toBe("1..4");
    expect(one.totals.summary()).toMatchObject({ seedsRun: 4, violations: { length: 4 } });
  });

  test("is written anew where it was taken away or broken meanwhile: nothing that was run is lost", () => {
    const kept = add(1);
    for (const breakIt of [() => rmSync(file), () => writeFileSync(file, "{")]) {
      breakIt();
      kept.save();
      expect(seedsThere()).toBe("1");
    }
  });

  test("of sources that counted no verdicts is read all the same", () => {
    add(1);
    const { verdicts: _, ...old } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(old));
    expect(new TotalsFile(file, "abc").totals.summary()).toMatchObject({ seedsRun: 1, verdicts: {} });
  });

  test.each([
    ["is cut off", '{"commit": "abc", "se', /these are no totals of an exploration/],
    ["is empty", "", /these are no totals/],
    ["holds something else", "[1, 2]", /these are no totals/],
    ["counts what is no number", undefined, /these are no totals/],
  ])("that %s is refused, with its name and what to do", (_, text, message) => {
    add(1);
    const wrong = JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), events: "many" });
    writeFileSync(file, text ?? wrong);
    expect(() => new TotalsFile(file, "abc")).toThrow(TotalsError);
    expect(() => new TotalsFile(file, "abc")).toThrow(message);
    expect(() => new TotalsFile(file, "abc")).toThrow(`${file}: `);
    expect(() => new TotalsFile(file, "abc")).toThrow(/move it away/);
    expect(readFileSync(file, "utf8")).toBe(text ?? wrong);
  });

  test("of another commit, and a folder in its place, are refused", () => {
    add(1);
    expect(() => new TotalsFile(file, "def")).toThrow(/these are totals of abc, not of def/);
    expect(() => new TotalsFile(folder, "abc")).toThrow(TotalsError);
  });
});
