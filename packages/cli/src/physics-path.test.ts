import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parallelAttempts } from "@bellmesh/physics";
import { loadTopology, predict } from "@bellmesh/topology";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { runCommand } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "bellmesh-physics-path-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(words: string) {
  const [results, notes]: [string[], string[]] = [[], []];
  const output = { result: (text: string) => results.push(text), note: (text: string) => notes.push(text) };
  const code = await runCommand(commands, ["physics", "path", ...words.split(/\s+/).filter(Boolean)], output);
  return { code, result: results.join("\n"), note: notes.join("\n") };
}

async function figures(words: string) {
  const { code, result, note } = await run(`${words} --json`);
  expect([code, note]).toEqual([0, ""]);
  return JSON.parse(result);
}

interface Term {
  readonly part: string;
  readonly where: string;
  readonly term: string;
  readonly lost: number;
}

describe("bellmesh physics path", () => {
  test("follows a preset from its first node to its last, and predicts the long run like topology show", async () => {
    const report = await figures("line:5");
    expect(report.nodes).toEqual(["n0", "n1", "n2", "n3", "n4"]);
    const topology = loadTopology("line:5");
    const { fidelity, pairsPerSecond } = predict(topology, report.nodes);
    expect(report.longRun).toEqual({ rateHz: pairsPerSecond, fidelity });
    // 40 km at 200,000 km/s and a Bell measurement of 2 µs come after the last of four links with p = 0.01.
    const meanNs =
      1e5 * parallelAttempts(report.links.map((link: { successProbability: number }) => link.successProbability)).mean;
    expect(report.waitingTime.meanNs).toBeCloseTo(meanNs + 202_000, 0);
    expect(report.rateHz).toBeCloseTo(1e9 / report.waitingTime.meanNs, 9);
    expect(report.isEqualPeriods).toBe(true);
  });

  test("names every link, swap, wait and readout in a budget that adds up", async () => {
    const { budget, fidelity, bellDiagonal } = await figures("line:4 --from n0 --to n3");
    const of = (part: string, where: string) =>
      budget.filter((term: Term) => term.part === part && term.where === where).length;
    for (const link of ["n0-n1", "n1-n2", "n2-n3"]) expect([of("herald", link), of("waiting", link)]).toEqual([1, 1]);
    for (const node of ["n1", "n2"]) {
      expect([of("gates", node), of("readout", node), of("waiting", node)]).toEqual([1, 1, 1]);
    }
    const delivered = budget.filter(({ term }: Term) => term !== "end readout");
    expect(delivered.reduce((sum: number, { lost }: Term) => sum + lost, 0)).toBeCloseTo(1 - fidelity, 12);
    expect(bellDiagonal[0]).toBeCloseTo(fidelity, 12);
  });

  test("says how old each half gets, and what the pairs are worth", async () => {
    const { ages, errorRates, secretKey } = await figures("line:3");
    expect(ages.map(({ node, link }: { node: string; link: string }) => `${link} at ${node}`)).toEqual([
      ...["n0-n1 at n0", "n0-n1 at n1", "n1-n2 at n1", "n1-n2 at n2"],
    ]);
    for (const { cumulative } of ages) {
      expect(cumulative.at(-1).probability).toBeGreaterThan(0.994);
      expect(cumulative[0].probability).toBeGreaterThan(0.4);
    }
    expect(errorRates.z).toBeGreaterThan(0);
    expect(secretKey.sixState.fraction).toBeGreaterThanOrEqual(secretKey.bb84.fraction);
  });

  test("makes a path of equal links as the options describe one", async () => {
    const link = "--platform trapped-ion --km 10 --t2 10";
    const one = await figures(`--links 1 ${link}`);
    const three = await figures(`--links 3 ${link}`);
    expect(three.links).toHaveLength(3);
    expect(three.links[0].fidelity).toBe(one.links[0].fidelity);
    expect(three.fidelity).toBeLessThan(one.fidelity);
    expect(three.longRun).toBeNull();
    const cleaner = await figures(`--links 3 ${link} --two-qubit-depolarising 0 --p01 0 --p10 0`);
    expect(cleaner.fidelity).toBeGreaterThan(three.fidelity);
  });

  test("three perfect links deliver perfect pairs", async () => {
    const { fidelity, secretKey } = await figures("--links 3 --scheme perfect --success-prob 0.1 --attempt 1000");
    expect(fidelity).toBeCloseTo(1, 12);
    expect(secretKey.bb84.fraction).toBeCloseTo(1, 9);
  });

  test("is a table for people, and a drawing", async () => {
    const svg = join(folder, "path.svg");
    const { code, result } = await run(
      `examples/topologies/alice-repeater-bob.yaml --from alice --to bob --svg ${svg}`,
    );
    expect(code).toBe(0);
    for (const words of ["one pair at a time", "in the long run", "swap: two-qubit gate", "for all links", "QBER"]) {
      expect(result).toContain(words);
    }
    const drawing = readFileSync(svg, "utf8");
    for (const words of ["fidelity lost", "time since the request", "age of a half"]) expect(drawing).toContain(words);
    expect(drawing).not.toMatch(/NaN|undefined/);
  });

  test("takes a parameter file's error correction as it takes the option's", async () => {
    const params = join(folder, "link.yaml");
    writeFileSync(params, "platform: nv-2020\nalpha: 0.05\nerrorCorrection: 1.1\n");
    const { secretKey } = await figures(`--links 1 --params ${params}`);
    expect(secretKey).toEqual((await figures(`--links 1 --params ${params} --error-correction 1.1`)).secretKey);
    expect(secretKey.bb84.fraction).toBeLessThan(
      (await figures(`--links 1 --params ${params} --error-correction 1`)).secretKey.bb84.fraction,
    );
  });

  test("says with exit code 1 that untrusted clocks make no pairs, and that no α will do", async () => {
    const nv = "--links 2 --platform nv-2019";
    expect(await run(`${nv} --alpha 0.1 --clock ptp-hardware`)).toMatchObject({
      ...{ code: 1, note: expect.stringMatching(/^bellmesh: refused: the clocks/) },
    });
    const { code, result } = await run(`${nv} --min-fidelity 0.95 --json`);
    expect(code).toBe(1);
    expect(JSON.parse(result)).toMatchObject({ refusal: { reason: "UNSUPPORTED" } });
  });

  test.each([
    ["", /no topology is given/],
    ["line:5 --links 3", /--links and a topology are both given/],
    ["line:5 --km 10", /--km is for equal links; the topology says it/],
    ["line:5 --from n0 --to n0", /starts and ends at n0/],
    ["line:5 --to n9", /is not a node of line-5/],
    ["line:20", /links is 19: 1 to 12 links are followed exactly/],
    ["--links 13", /--links "13" is not a whole number from 1 to 12/],
    ["--links 2 --from n0", /--from is for a topology/],
    ["--links 2", /attempt is missing: nothing says how long an attempt takes/],
    [
      "--links 2 --platform nv-2019 --platform-b ideal --alpha 0.1",
      /platformB is "ideal": equal links have equal nodes/,
    ],
    ["--links 2 --platform nv-2019 --alpha 0.1 --attempt-dephasing 0.6", /attemptDephasing is 0.6/],
    ["--links 2 --platform nv-2019 --alpha 0.1 --bell-measurement -1", /bellMeasurement is -1: a time is not negative/],
    ["line:3 --error-correction 0.5", /errorCorrection is 0.5/],
  ])("refuses %j with exit code 2", async (words, message) => {
    const { code, note } = await run(words);
    expect(code).toBe(2);
    expect(note).toMatch(message);
  });
});
