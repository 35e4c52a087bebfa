import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { commit } from "./commit.ts";
import { runCommand } from "./run-command.ts";

const root = mkdtempSync(join(tmpdir(), "bellmesh-explore-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Of few events and without violations. */
const CHEAP = "10,11";
/** Of few events too, and soon made small. */
const CANARY = 1100;

async function bellmesh(...words: string[]) {
  return told(words, () => undefined);
}

/** Runs a command; `onNote` is told of every line of its standard error. */
async function told(words: readonly string[], onNote: (note: string) => void) {
  const [results, notes]: [string[], string[]] = [[], []];
  const note = (text: string) => {
    notes.push(text);
    onNote(text);
  };
  const code = await runCommand(commands, words, { result: (text) => results.push(text), note });
  return { code, out: results.join("\n"), notes: notes.join("\n") };
}

describe("bellmesh explore", () => {
  const folder = join(root, "totals");
  const explore = (...words: string[]) => bellmesh("explore", "--folder", folder, "--jobs", "1", ...words);

  test("--json gives one object with the fields scripts rely on, and leaves no signal handler behind", async () => {
    const listening = process.listenerCount("SIGINT");
    const { code, out } = await explore("--seeds", CHEAP, "--json");
    expect(code).toBe(0);
    const report = JSON.parse(out);
    const asked = ["seedsRun", "virtualHours", "events", "faultsByKind", "rareStates", "violations"];
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([...asked, "endedBy", "verdicts", "commit", "stopped", "bundles", "totals"]),
    );
    expect(report).toMatchObject({ seedsRun: 2, endedBy: { settled: 2 }, violations: [], stopped: false, bundles: [] });
    expect(report.verdicts).toMatchObject({ "nothing-left": { true: 2 }, "key-bits": { idle: 2 } });
    expect(report.commit).toBe(commit());
    expect(report.totals).toBe(join(folder, `${report.commit}.json`));
    expect(process.listenerCount("SIGINT")).toBe(listening);
  });

  test("adds to the totals of its commit, and --resume leaves out what was run", async () => {
    const resumed = await explore("--seeds", "10..12", "--resume", "--json");
    expect(resumed.code).toBe(0);
    const { seedsRun, totals } = JSON.parse(resumed.out);
    expect(seedsRun).toBe(1);
    expect(JSON.parse(readFileSync(totals, "utf8"))).toMatchObject({ seeds: "10..12", seedsRun: 3 });
    const again = await explore("--seeds", "10..12", "--resume", "--json");
    expect([again.code, JSON.parse(again.out).seedsRun]).toEqual([0, 0]);
  });

  test("prints what people read: what was reached, who could not judge, and the totals", async () => {
    const { code, out } = await explore("--seeds", CHEAP);
    expect(code).toBe(0);
    expect(out).toMatch(/^2 seeds, \d\.\d\d virtual hours, \d+ events\nended: settled 2\nfaults: /);
    expect(out).toContain("no rule was broken");
    expect(out).toContain("referees that could not judge every seed");
    expect(out).toMatch(/^ {2}key-bits +idle 2$/m);
    expect(out).toMatch(/^at this commit so far: 3 seeds, .*, 0 violations \(.*\.json\)$/m);
  });

  test("starts no more threads than there are seeds, and says so", async () => {
    let threads = 0;
    const onThread = () => {
      threads += 1;
    };
    process.on("worker", onThread);
    const { code, notes } = await bellmesh("explore", "--folder", folder, "--seeds", "10", "--jobs", "99");
    process.off("worker", onThread);
    expect([code, threads]).toEqual([0, 1]);
    expect(notes).toContain("--jobs 99 is more than there are seeds to run: 1 at a time");
  });

  test.each([
    ["a file", ""],
    ["a folder in a file", "further"],
  ])("ends with exit code 2 where --folder is %s", async (_, below) => {
    const file = join(root, "no-folder");
    writeFileSync(file, "mine");
    const { code, out, notes } = await bellmesh("explore", "--folder", join(file, below), "--seeds", "10", "--json");
    expect(code).toBe(2);
    const message = expect.stringMatching(/no-folder.* cannot be written: it is no folder, or stands in none/);
    expect(JSON.parse(out)).toEqual({ error: { kind: "usage", message, expected: "give another --folder" } });
    expect(notes).not.toMatch(/EEXIST|ENOTDIR/);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test.runIf(process.platform === "linux")("and where the system makes no folders", async () => {
    const { code, notes } = await bellmesh("explore", "--folder", "/proc/nowhere/further", "--seeds", "10");
    expect([code, notes]).toEqual([2, expect.stringContaining("--folder /proc/nowhere/further cannot be written: ")]);
  });

  test.each([
    ["no seeds", ["--seeds", "none"], /--seeds "none" are no seeds/],
    ["seeds backwards", ["--seeds", "9..1"], /are no seeds; write 1\.\.9$/],
    ["some seeds backwards", ["--seeds", "7,5..1"], /are no seeds; write 7,1\.\.5$/],
    ["no jobs", ["--jobs", "0"], /--jobs "0" is not a whole number from 1/],
  ])("ends with exit code 2 for %s", async (_, words, message) => {
    const { code, out, notes } = await bellmesh("explore", "--folder", folder, ...words);
    expect([code, out]).toEqual([2, ""]);
    expect(notes).toMatch(message);
  });

  test("does not write over totals that it cannot read: exit code 2, with the file and what to do", async () => {
    const broken = join(root, `${commit()}.json`);
    writeFileSync(broken, "{");
    const { code, out, notes } = await bellmesh("explore", "--folder", root, "--seeds", CHEAP, "--json");
    expect(code).toBe(2);
    expect(notes).toBe(
      `bellmesh: ${broken}: these are no totals of an exploration; ` +
        "move it away, and totals begin anew; or give another --folder",
    );
    expect(JSON.parse(out).error).toMatchObject({ kind: "totals", file: broken });
    expect(readFileSync(broken, "utf8")).toBe("{");
  });
});

describe("A seed that breaks a rule", () => {
  const folder = join(root, "canary");
  const bundle = join(folder, `seed-${CANARY}-canary.json`);

  test("is told with what shows it again, and made small: exit code 1", async () => {
    const words = ["--folder", folder, "--jobs", "1", "--seeds", `11,${CANARY}`, "--canary", "--json"];
    const { code, out, notes } = await bellmesh("explore", ...words);
    expect(code).toBe(1);
    const { violations, bundles } = JSON.parse(out);
    const repro = `bellmesh explore --seeds ${CANARY} --canary`;
    expect(violations).toEqual([
      { seed: CANARY, property: "canary", atNs: 0, message: expect.stringContaining("divisible by 100"), repro },
    ]);
    expect(bundles).toEqual([bundle]);
    expect(readdirSync(folder).toSorted()).toEqual([`${commit()}-canary.json`, `seed-${CANARY}-canary.json`]);
    expect(notes).toContain(`bellmesh replay ${bundle}   (0 faults, 0 requests, `);
    expect(notes).not.toContain("not made small");
  });

  test("is told again by --resume, though it is not run again: exit code 1", async () => {
    const words = ["--folder", folder, "--jobs", "1", "--seeds", `11,${CANARY}`, "--canary", "--resume"];
    const { code, out } = await bellmesh("explore", ...words);
    expect(code).toBe(1);
    expect(out).toMatch(/^all 2 seeds were run before at this commit; then:\n1 violation:\nseed 1100 +canary /);
    const json = await bellmesh("explore", ...words, "--json");
    const before = { asked: 2, seeds: 2, violations: [{ seed: CANARY, property: "canary" }] };
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ seedsRun: 0, violations: [], before });
    const others = await bellmesh("explore", "--folder", folder, "--seeds", "11", "--canary", "--resume");
    expect(others).toMatchObject({ code: 0, out: expect.stringMatching(/^all 1 seed was .*\nno rule was broken/) });
  });

  test("is broken again by bellmesh replay: exit code 1", async () => {
    const { code, out, notes } = await bellmesh("replay", bundle);
    expect([code, notes]).toEqual([1, ""]);
    expect(out).toBe("canary at 0.000000 s: seeds divisible by 100 are to fail");
    const json = await bellmesh("replay", bundle, "--json");
    expect(JSON.parse(json.out)).toMatchObject({ seed: CANARY, reproduced: true, report: { endedBy: "settled" } });
  });

  test("and is mended is told by bellmesh replay: exit code 0", async () => {
    const mended = changed("mended.json", { options: { canary: false } });
    expect(await bellmesh("replay", mended)).toMatchObject({ code: 0, out: expect.stringMatching(/^canary held/) });
  });

  test("of another rule than the bundle's is told by bellmesh replay: exit code 1", async () => {
    const other = changed("other-rule.json", { property: "conservation" });
    const { code, out } = await bellmesh("replay", other);
    expect([code, out]).toEqual([1, expect.stringMatching(/^conservation held: .*\nalso broken: canary at 0\.0/)]);
    const json = await bellmesh("replay", other, "--json");
    expect(JSON.parse(json.out)).toMatchObject({ property: "conservation", reproduced: false, alsoBroken: ["canary"] });
  });

  test("in a run that ended too early is not told to hold: exit code 1", async () => {
    const { trial } = JSON.parse(readFileSync(bundle, "utf8"));
    const budget = { ...trial.budget, events: 0 };
    const early = changed("early.json", { options: { canary: false }, trial: { ...trial, budget } });
    const why = "the run ended by its budget of events";
    expect(await bellmesh("replay", early)).toMatchObject({ code: 1, out: `canary was not judged: ${why}` });
    const json = await bellmesh("replay", early, "--json");
    expect(JSON.parse(json.out)).toMatchObject({ reproduced: false, notJudged: why });
  });

  test.each([
    ["as-askd", "did you mean as-asked?"],
    ["nothing of the sort", "give one of ids-unique, "],
  ])("by a rule %j that nobody knows is refused by bellmesh replay: exit code 2", async (property, expected) => {
    const unknown = changed("unknown.json", { property });
    const { code, notes } = await bellmesh("replay", unknown);
    expect(code).toBe(2);
    expect(notes).toContain(`bellmesh: ${unknown}: property: "${property}" stands there; ${expected}`);
  });

  test("at another commit is refused with the commit to check out, unless --any-commit is given", async () => {
    const other = changed("other.json", { commit: "0123abc" });
    const { code, out, notes } = await bellmesh("replay", other);
    expect([code, out]).toEqual([2, ""]);
    expect(notes).toBe(
      `bellmesh: the bundle is of commit 0123abc, these sources are ${commit()}; ` +
        "git checkout 0123abc, or give --any-commit",
    );
    const anyway = await bellmesh("replay", other, "--any-commit");
    expect(anyway).toMatchObject({ code: 1, notes: expect.stringContaining("the bundle is of commit 0123abc") });
  });

  test("on another Node is run all the same, and that is said", async () => {
    const { code, notes } = await bellmesh("replay", changed("node.json", { nodeVersion: "v18.1.2" }));
    expect(code).toBe(1);
    expect(notes).toContain(`the bundle is of Node v18.1.2, this is ${process.version}`);
  });

  test("while somebody stops the exploration is named as not made small: exit code 1", async () => {
    const words = ["explore", "--folder", folder, "--jobs", "1", "--seeds", `${CANARY}`, "--canary", "--json"];
    const { code, out, notes } = await told(words, (note) => {
      // The handler that came last is the command's own; a real signal would reach the test runner too.
      if (note.startsWith("making seed")) process.listeners("SIGINT").at(-1)?.("SIGINT");
    });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ seedsRun: 1, stopped: true, bundles: [], violations: { length: 1 } });
    expect(notes).toContain(`not made small: seed ${CANARY} canary`);
  });

  function changed(name: string, change: object): string {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(bundle, "utf8")), ...change }));
    return file;
  }
});
