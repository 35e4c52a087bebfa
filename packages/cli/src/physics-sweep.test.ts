import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heraldedPair, type LinkScheme, platforms } from "@bellmesh/hardware";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { runCommand } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "bellmesh-physics-sweep-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(words: string) {
  const [results, notes]: [string[], string[]] = [[], []];
  const output = { result: (text: string) => results.push(text), note: (text: string) => notes.push(text) };
  const code = await runCommand(commands, ["physics", "sweep", ...words.split(/\s+/).filter(Boolean)], output);
  return { code, result: results.join("\n"), note: notes.join("\n") };
}

async function figures(words: string) {
  const { code, result, note } = await run(`${words} --json`);
  expect([code, note]).toEqual([0, ""]);
  return JSON.parse(result);
}

describe("bellmesh physics sweep", () => {
  test("over α finds the most faithful, fastest and most secret link, and says where the key ends", async () => {
    const { curve, optimum, secretKeyUpTo } = await figures("--over alpha --platform nv-2020 --km 10");
    expect(curve).toHaveLength(25);
    expect(curve.map(({ alpha }: { alpha: number }) => alpha)).toEqual(
      curve.map(({ value }: { value: number }) => value),
    );
    expect(optimum.rate).toMatchObject({ value: 0.5, isAtEdge: true });
    expect(optimum.fidelity).toMatchObject({ value: 0.02, isAtEdge: true });
    const { keyRate } = optimum;
    expect(keyRate.isAtEdge).toBe(false);
    for (const point of curve) {
      expect(keyRate.secretKey.bb84.rateHz).toBeGreaterThanOrEqual(point.secretKey.bb84.rateHz);
    }
    const around = await figures(
      `--over alpha --platform nv-2020 --km 10 --from ${secretKeyUpTo - 1e-6} --to ${secretKeyUpTo + 1e-6} --points 2`,
    );
    const keys = around.curve.map(
      (point: { secretKey: { bb84: { fraction: number } } }) => point.secretKey.bb84.fraction,
    );
    expect(keys[0]).toBeGreaterThan(0);
    expect(keys[1]).toBe(0);
  });

  test("the best α of a noisy link is where a closer look finds it too", async () => {
    const emission = platforms.get("nv-2019")?.emission;
    const link: LinkScheme = {
      scheme: "single-click",
      ...{ etaA: 1e-4, etaB: 1e-4, darkCountProbability: 5e-7, visibility: emission?.visibility[0] ?? 0 },
    };
    const words = "--scheme single-click --eta-a 1e-4 --eta-b 1e-4 --dark-prob 5e-7 --visibility 0.9";
    const { optimum } = await figures(`--over alpha ${words} --from 1e-3 --to 1 --log`);
    const best = Math.max(...Array.from({ length: 4000 }, (_, n) => heraldedPair(link, 0.0001 * (n + 1)).weights[0]));
    expect(optimum.fidelity.isAtEdge).toBe(false);
    expect(optimum.fidelity.fidelity).toBeGreaterThanOrEqual(best);
    expect(optimum.fidelity.fidelity - best).toBeLessThan(1e-6);
  });

  test("over km falls in rate with the fibre's transmission, for two clicks over its whole length", async () => {
    const words = "--scheme double-click --efficiency 0.1 --dark-prob 0 --attempt 1e6 --from 0 --to 50 --points 2";
    const { curve } = await figures(`--over km ${words}`);
    expect(curve[1].successProbability / curve[0].successProbability).toBeCloseTo(0.1, 12);
    const { optimum } = await figures("--over km --platform trapped-ion");
    // Nothing takes time at 0 km, so the fastest link that has a rate is the next.
    expect(optimum.rate).toMatchObject({ value: 5, isAtEdge: true });
  });

  test("over other numbers too, whole ones where these are counted", async () => {
    const { curve } = await figures("--over modes --from 1 --to 4 --points 9 --platform nv-2019 --alpha 0.1");
    expect(curve.map(({ value }: { value: number }) => value)).toEqual([1, 2, 3, 4]);
    const clocks = await figures("--over clock-error --from 0 --to 5 --points 6 --platform nv-2019 --alpha 0.1");
    const rates = clocks.curve.map(({ rateHz }: { rateHz: number }) => rateHz);
    expect(rates[3]).toBeGreaterThan(0);
    expect(rates.slice(4)).toEqual([0, 0]);
  });

  test("with a minimum fidelity has the largest α at each point, and tells where there is none", async () => {
    const { curve } = await figures("--over km --to 200 --points 9 --platform nv-2020 --min-fidelity 0.8");
    const fidelities = curve.flatMap(({ fidelity }: { fidelity?: number }) => fidelity ?? []);
    expect(fidelities.length).toBeGreaterThan(1);
    for (const fidelity of fidelities) expect(fidelity).toBeCloseTo(0.8, 9);
    expect(curve.at(-1)).toMatchObject({ value: 200, refusal: expect.stringContaining("minimum fidelity") });
  });

  test("is a table for people, and a drawing", async () => {
    const svg = join(folder, "sweep.svg");
    const { result } = await run(`--over alpha --platform nv-2020 --km 10 --svg ${svg}`);
    expect(result).toMatch(/^alpha +success +pairs\/s +fidelity +delivered/);
    const { optimum, secretKeyUpTo } = await figures("--over alpha --platform nv-2020 --km 10");
    expect(Number(/\nkey rate +(\S+) /.exec(result)?.[1])).toBeCloseTo(optimum.keyRate.value, 6);
    expect(result).toContain("* at an end of the sweep");
    expect(Number(/secret key up to alpha (\S+)$/.exec(result)?.[1])).toBeCloseTo(secretKeyUpTo, 6);
    const drawing = readFileSync(svg, "utf8");
    for (const words of ["A link over alpha", "quantum bit error rate", "best key rate"])
      expect(drawing).toContain(words);
    expect(drawing).not.toMatch(/NaN|undefined/);
  });

  test.each([
    ["", /--over is missing/],
    ["--over platform", /--over "platform" is no number of a link; give one of km,/],
    ["--over visibility", /no usual range; give --from and --to/],
    ["--over km --from 10 --to 5", /--from 10 is not below --to 5/],
    ["--over km --log", /--log cannot start at 0/],
    ["--over km --points 1", /--points "1" is not a whole number/],
    ["--over km --arms-km 1,2", /either km or armsKm/],
    [
      "--over visibility --from 0.5 --to 1.5 --platform nv-2019 --alpha 0.1",
      /visibility is 1\.\d+: a probability lies/,
    ],
  ])("refuses %j with exit code 2", async (words, message) => {
    const { code, note } = await run(words);
    expect(code).toBe(2);
    expect(note).toMatch(message);
  });
});
