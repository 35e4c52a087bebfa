import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { linkParameterTable, optionName } from "./physics-parameters.ts";
import { runCommand } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "bellmesh-physics-link-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(words: string) {
  const [results, notes]: [string[], string[]] = [[], []];
  const output = { result: (text: string) => results.push(text), note: (text: string) => notes.push(text) };
  const code = await runCommand(commands, ["physics", "link", ...words.split(/\s+/).filter(Boolean)], output);
  return { code, result: results.join("\n"), note: notes.join("\n") };
}

/** The figures of a link that can be. */
async function figures(words: string) {
  const { code, result, note } = await run(`${words} --json`);
  expect(note).toBe("");
  expect(code).toBe(0);
  return JSON.parse(result);
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const nv = "--platform nv-2019 --scheme single-click";

describe("bellmesh physics link", () => {
  test("gives what scripts need, in the order k = 2z + x, and all of it fits together", async () => {
    const report = await figures(`${nv} --km 25 --alpha 0.1`);
    expect(report).toMatchObject({ announced: "psi+", attemptPeriodNs: expect.closeTo(130_500, 6), alpha: 0.1 });
    expect(report.rateHz).toBeCloseTo((report.successProbability * 1e9) / report.attemptPeriodNs, 12);
    expect(report.bellDiagonal[1]).toBeCloseTo(report.fidelity, 14);
    for (const shares of [report.bellDiagonal, report.populations]) {
      expect(shares).toHaveLength(4);
      expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 12);
    }
    const [, p01, p10] = report.populations;
    expect((p01 + p10) / 2 + report.coherence).toBeCloseTo(report.fidelity, 14);
    const herald = report.budget.filter(({ part }: { part: string }) => part === "herald");
    const lost = herald.reduce((sum: number, term: { lost: number }) => sum + term.lost, 0);
    expect(lost).toBeCloseTo(1 - report.fidelity, 12);
    expect(report.waitingTime.meanNs).toBeCloseTo(1e9 / report.rateHz, 0);
  });

  test.each([
    [0.05, 3.59996e-5, 0.8532904, 6.545],
    [0.1, 7.09986e-5, 0.8197735, 12.91],
    [0.2, 1.409946e-4, 0.7338691, 25.64],
    [0.3, 2.109881e-4, 0.6436689, 38.36],
    [0.5, 3.509673e-4, 0.4606537, 63.81],
  ])("A6, A7: NV-2019 at α = %d: p = %d, F = %d, %d Hz", async (alpha, p, fidelity, rateHz) => {
    const report = await figures(`${nv} --alpha ${alpha}`);
    expect(Math.abs(report.successProbability / p - 1)).toBeLessThan(2e-6);
    expect(report.fidelity).toBeCloseTo(fidelity, 6);
    expect(Math.abs(report.rateHz / rateHz - 1)).toBeLessThan(2e-4);
  });

  test.each([
    ["--alpha 0.1 --eta-a 0.5 --eta-b 0.5 --dark-prob 1e-3 --visibility 0.9", 0.0990808, 0.885065],
    ["--alpha 0.3 --eta-a 0.01 --eta-b 0.01 --dark-prob 1e-5 --visibility 0.85", 0.006010145, 0.6722337],
    [
      "--alpha-a 0.1 --alpha-b 0.05 --eta-a 0.02 --eta-b 0.04 --dark-prob 1e-5 --visibility 0.8",
      ...([0.0040154799, 0.8729750519] as const),
    ],
  ])("A8, A9: a single click with %s: p = %d, F = %d", async (words, p, fidelity) => {
    const report = await figures(`--scheme single-click ${words}`);
    expect(Math.abs(report.successProbability / p - 1)).toBeLessThan(1e-6);
    expect(report.fidelity).toBeCloseTo(fidelity, 6);
    expect(report).toMatchObject({ attemptPeriodNs: null, rateHz: null, waitingTime: null });
  });

  test.each([
    ["--eta-a 0.5 --eta-b 0.5 --dark-prob 1e-3 --visibility 0.9", 0.1259861, 0.9426621],
    ["--eta-a 0.1 --eta-b 0.3 --dark-prob 1e-3 --visibility 0.8", 0.01567812, 0.8702131],
  ])("A10: a double click with %s: p = %d, F = %d", async (words, p, fidelity) => {
    const report = await figures(`--scheme double-click ${words}`);
    expect(Math.abs(report.successProbability / p - 1)).toBeLessThan(1e-6);
    expect(report.fidelity).toBeCloseTo(fidelity, 6);
    expect(report.isBellDiagonal).toBe(true);
  });

  test.each([
    ["trapped-ion", 1, 5.821267e-3, 0.9443317],
    ["trapped-ion", 50, 3.478657e-4, 0.9421062],
    ["colour-centre", 10, 7.336196e-8, 0.9478102],
    ["colour-centre", 50, 7.385894e-9, 0.9431148],
  ])("A3, A4: %s over %d km: p = %d, F = %d", async (platform, km, p, fidelity) => {
    const report = await figures(`--platform ${platform} --km ${km} --attenuation 0.25 --fibre-speed 214000`);
    expect(Math.abs(report.successProbability / p - 1)).toBeLessThan(1e-6);
    expect(report.fidelity).toBeCloseTo(fidelity, 6);
  });

  const dahlberg = "--scheme dahlberg-single-click --dark-prob 5e-7 --visibility 0.9";

  test("A11, B1, B3: the estimate of Dahlberg et al., and the largest α for a fidelity", async () => {
    const near = `${dahlberg} --eta-a 3.5e-4 --eta-b 3.5e-4`;
    for (const [alpha, fidelity] of [
      [0.1, 0.8671424],
      [0.3, 0.6800332],
    ] as const) {
      expect(Math.abs((await figures(`${near} --alpha ${alpha}`)).fidelity - fidelity)).toBeLessThan(0.002);
    }
    const onGrid = await figures(`${dahlberg} --eta-a 4e-4 --eta-b 4e-4 --alpha 0.17171717171717`);
    expect(onGrid.fidelity).toBeCloseTo(0.803229, 6);
    expect(onGrid.successProbability).toBeCloseTo(1.3837e-4, 8);
    const { alpha, fidelity } = await figures(`${dahlberg} --eta-a 4e-4 --eta-b 4e-4 --min-fidelity 0.8`);
    expect(fidelity).toBeCloseTo(0.8, 12);
    expect(alpha).toBeGreaterThan(0.17172);
    expect(alpha).toBeLessThan(0.17677);
  });

  test("B2, B4: one bright end, and the floor of dark counts", async () => {
    const lit = await figures(
      "--scheme single-click --alpha-a 1 --alpha-b 0 --eta-a 4e-4 --eta-b 4e-4 --dark-prob 5e-7 --visibility 0.9",
    );
    expect(Math.abs(lit.successProbability - 4e-4)).toBeLessThan(5e-5);
    const d = -Math.expm1(-4e-7);
    const dark = await figures(
      `--scheme single-click --alpha 0.1 --eta-a 0 --eta-b 0 --dark-prob ${d} --visibility 0.9`,
    );
    expect(dark.successProbability).toBeCloseTo(7.999995e-7, 12);
  });

  test("B5, B7: the rates that Humphreys et al. and Stephenson et al. measured, within 15 % and 3 %", async () => {
    const { rateHz } = await figures(`${nv} --alpha 0.3`);
    expect(Math.abs(rateHz / 39 - 1)).toBeLessThan(0.15);
    const ions = await figures(`--scheme depolarise --success-prob 2.18e-4 --fidelity 0.94 --attempt ${1e9 / 8.35e5}`);
    expect(Math.abs(ions.rateHz / 182 - 1)).toBeLessThan(0.03);
  });

  test("reads the same from a file, as JSON and as YAML, and options win", async () => {
    const expected = await figures(`${nv} --arms-km 10,15 --alpha 0.1`);
    const yaml = file("link.yaml", "platform: nv-2019\nscheme: single-click\narmsKm: [10, 15]\nalpha: 0.2\n");
    expect(await figures(`--params ${yaml} --alpha 0.1`)).toEqual(expected);
    const json = file("link.json", JSON.stringify({ platform: "nv-2019", armsKm: "10,15", alpha: 0.1 }));
    expect(await figures(`--params ${json}`)).toEqual(expected);
  });

  test("takes a platform from a file of one's own", async () => {
    const report = await figures("--platform examples/platforms/ion-lab.yaml --km 2");
    expect(report.platforms).toEqual(["ion-lab", "ion-lab"]);
    expect(report.fidelity).toBeGreaterThan(0.5);
    const missing = await run("--platform ./nowhere.yaml --json");
    expect(missing.code).toBe(2);
    expect(JSON.parse(missing.result)).toMatchObject({ error: { kind: "topology", file: "./nowhere.yaml" } });
  });

  test("whatever a parameter is, there are figures that can be or a refusal that names it", async () => {
    const bases = [
      ...[nv, "--platform trapped-ion", "--platform transmon --km 1e-3", "--platform rare-earth --km 1"],
      ...["--scheme depolarise --success-prob 0.1 --fidelity 0.9 --attempt 1000", "--scheme double-click"],
    ];
    const values = ["0", "1", "-1", "0.5", "1e-300", "1e300", "inf", "word", "1e-9", "1000"];
    const names = Object.keys(linkParameterTable).map(optionName);
    const any = fc.tuple(fc.constantFrom(...bases), fc.constantFrom(...names), fc.constantFrom(...values));
    await fc.assert(
      fc.asyncProperty(any, async ([base, name, value]) => {
        fc.pre(!base.includes(`--${name} `));
        const alpha = base === nv && !name.startsWith("alpha") ? " --alpha 0.1" : "";
        const { code, result } = await run(`${base}${alpha} --${name} ${value} --json`);
        const report = JSON.parse(result);
        if (code !== 0) {
          expect(report.error ?? report.refusal).toBeDefined();
          return;
        }
        expect(report.fidelity).toBeGreaterThanOrEqual(0);
        expect(report.fidelity).toBeLessThanOrEqual(1 + 1e-12);
        expect(result).not.toContain("NaN");
        for (const { lost } of report.budget) expect(lost).toBeTypeOf("number");
      }),
      { seed: 17, numRuns: 400 },
    );
  });

  test("shows what clocks cost: visibility, then windows, then every pair", async () => {
    const perfect = await figures(`${nv} --alpha 0.1`);
    const rabbit = await figures(`${nv} --alpha 0.1 --clock white-rabbit`);
    expect(perfect.clock).toBeNull();
    expect(rabbit.clock).toMatchObject({ status: "TRUSTED", windowsLost: 0 });
    expect(rabbit.fidelity).toBeLessThan(perfect.fidelity);
    expect(rabbit.budget.map(({ term }: { term: string }) => term)).toContain("clocks");
    const given = await figures(`${nv} --alpha 0.1 --clock-error 6 --clock-bound 12`);
    expect(given.clock.windowsLost).toBeCloseTo(0.037, 2);
    expect(given.rateHz).toBeCloseTo(perfect.rateHz * (1 - given.clock.windowsLost), 3);
    const lost = await figures(`${nv} --alpha 0.1 --clock ptp-hardware`);
    expect(lost).toMatchObject({ clock: { status: "CLOCK_UNTRUSTED" }, rateHz: 0, successProbability: 0 });
    expect((await run(`${nv} --alpha 0.1 --clock ptp-hardware`)).result).toMatch(
      /CLOCK_UNTRUSTED[\s\S]+no attempt is made/,
    );
  });

  test("a fibre carries the platform's own light, converted beyond 100 m as the platform does it", async () => {
    const [near, far] = [await figures(`${nv} --alpha 0.1 --km 0.2`), await figures(`${nv} --alpha 0.1 --km 25`)];
    const light = { wavelengthNm: 637, convertedNm: null, conversionEfficiency: null };
    expect(near.light).toEqual([light, light]);
    expect(near.parameters.etaA).toBeCloseTo(3.5e-4 * 10 ** -0.0489, 6);
    const converted = { wavelengthNm: 637, convertedNm: 1588, conversionEfficiency: 0.3 };
    expect(far.light).toEqual([converted, converted]);
    const stated = "--wavelength-nm 637 --convert-to-nm 1588 --conversion-efficiency 0.3";
    expect(far).toEqual(await figures(`${nv} --alpha 0.1 --km 25 ${stated}`));
    expect((await run(`${nv} --alpha 0.1 --km 25`)).result).toContain("637 nm, of which 30 % are converted to 1588 nm");
    const telecom = await figures(`${nv} --alpha 0.1 --km 25 --wavelength-nm 1550 --attenuation 0.2`);
    expect(telecom.parameters.etaA).toBeCloseTo(3.5e-4 * 10 ** -0.25, 12);
    expect((await figures("--platform ideal --km 25")).light).toEqual([null, null]);
    const ions = { wavelengthNm: 1550, convertedNm: null, conversionEfficiency: null };
    expect((await figures("--platform trapped-ion --km 25")).light).toEqual([ions, ions]);
  });

  test("a longer window catches more of the photon and more dark counts", async () => {
    const [own, longer] = [await figures(`${nv} --alpha 0.1`), await figures(`${nv} --alpha 0.1 --window 50`)];
    const share = (1 - Math.exp(-50 / 12)) / (1 - Math.exp(-25 / 12));
    expect(longer.parameters.etaA / own.parameters.etaA).toBeCloseTo(share, 9);
    expect(longer.parameters.darkCountProbability / own.parameters.darkCountProbability).toBeCloseTo(2, 5);
  });

  test("is a table for people", async () => {
    const { code, result } = await run(`${nv} --km 25 --alpha 0.1`);
    expect(code).toBe(0);
    expect(result).toMatch(/^nv-2019: single-click, α = 0.1, 12.5 \+ 12.5 km\n/);
    for (const part of ["attempt period", "visibility", "psi-", "QBER", "BB84", "95 % by"])
      expect(result).toContain(part);
  });

  test("says with exit code 1 when no α heralds the fidelity that is asked", async () => {
    const { code, result, note } = await run(`${nv} --min-fidelity 0.95 --json`);
    expect([code, note]).toEqual([1, "bellmesh: refused: no bright-state population heralds a fidelity of 0.95"]);
    expect(JSON.parse(result)).toMatchObject({ refusal: { reason: "UNSUPPORTED" } });
  });

  test.each([
    [0, /0.5 or less is not entangled; ask for more than 0.5/],
    [0.3, /0.5 or less is not entangled/],
    [0.5, /0.5 or less is not entangled/],
    [-0.1, /a probability lies in \[0, 1\]/],
    [1.3, /a probability lies in \[0, 1\]/],
  ])("refuses a minimum fidelity of %d, by which no pair need be entangled", async (value, expected) => {
    const { code, result, note } = await run(`${nv} --min-fidelity ${value} --json`);
    expect([code, note]).toEqual([2, expect.stringMatching(expected)]);
    expect(JSON.parse(result).error).toMatchObject({ kind: "parameter", field: "minFidelity", value });
  });

  test.each([
    ["--eta-a 1.5", "etaA", 1.5, /a probability lies in \[0, 1\]/],
    ["--dark-prob -0.1", "darkProb", -0.1, /a probability lies in \[0, 1\]/],
    ["--visibility 2", "visibility", 2, /a probability lies/],
    ["--efficiency 1.1", "efficiency", 1.1, /a probability lies/],
    ["--alpha 1.1", "alpha", 1.1, /a probability lies/],
    ["--t1 1 --t2 3", "t2", 3, /T2 is at most 2·T1/],
    ["--km 5 --arms-km 2,3", "armsKm", "2,3", /either km or armsKm/],
    ["--arms-km ,3", "armsKm", ",3", /two lengths/],
    ["--km -1", "km", -1, /not negative/],
    ["--km 25 --wavelength-nm 637", "wavelengthNm", 637, /visible light goes at most 100 m; give a conversion/],
    ["--km 25 --wavelength-nm 637 --convert-to-nm 700", "convertToNm", 700, /convert to 1310 or 1550 nm/],
    ["--attempt -5", "attempt", -5, /not below 0/],
    ["--t1 0", "t1", 0, /above 0 s/],
    ["--platform nv-2091", "platform", "nv-2091", /did you mean nv-20[0-9]{2}\?/],
    ["--scheme single-clack", "scheme", "single-clack", /did you mean single-click\?/],
    ["--mean-pairs 0.1", "meanPairs", 0.1, /single-click has none, only midpoint-source; leave it out/],
    ["--emission-fidelity 0.9", "emissionFidelity", 0.9, /only double-click/],
    ["--detector counting", "detector", "counting", /threshold or photon-number-resolving/],
    ["--modes 0", "modes", 0, /whole number, at least 1/],
    ["--clock sundial", "clock", "sundial", /white-rabbit, ptp-hardware, ptp-software, perfect/],
    ["--clock-error -1", "clockError", -1, /not below 0/],
    ["--duty-cycle 0", "dutyCycle", 0, /\(0, 1\]/],
    ["--error-correction 0.9", "errorCorrection", 0.9, /number from 1/],
    ["--alpha-a 0.1", "alphaA", 0.1, /give alpha for both ends, or alphaA and alphaB/],
    ["--p01 0.6 --p10 0.6", "p01", 0.6, /at most 1/],
    ["--phase-std fifteen", "phaseStd", "fifteen", /give a number/],
  ])("refuses %s: %s, its value and what would be right, with exit code 2", async (words, field, value, expected) => {
    const base = words.includes("--alpha ") ? nv : `${nv} --alpha 0.1`;
    const known = words.includes("--platform") ? "--scheme single-click --alpha 0.1" : base;
    const { code, result, note } = await run(`${words.includes("--scheme") ? "--alpha 0.1" : known} ${words} --json`);
    expect(code).toBe(2);
    expect(note).toMatch(expected);
    const { error } = JSON.parse(result);
    expect(error).toMatchObject({ kind: "parameter", field, value });
  });

  test("refuses files that hold something else, and parameters there are not", async () => {
    const wrong = await run(`--params ${file("wrong.yaml", "etaC: 0.1")}`);
    expect(wrong).toMatchObject({ code: 2, note: expect.stringMatching(/etaC is 0.1: .*did you mean etaA\?/) });
    expect(await run(`--params ${file("list.json", "[1]")}`)).toMatchObject({ code: 2 });
    expect(await run(`--params ${join(folder, "none.yaml")}`)).toMatchObject({ code: 2 });
    const word = await run(`--params ${file("word.yaml", "alpha: high")}`);
    expect(word).toMatchObject({ code: 2, note: expect.stringMatching(/alpha is "high": give a number/) });
  });

  test.each(["physics link", "physics path", "physics sweep"])(
    "every example in the help of %s works",
    async (name) => {
      const examples = commands.find((command) => command.name === name)?.examples ?? [];
      expect(examples.length).toBeGreaterThanOrEqual(3);
      for (const example of examples) {
        const results: string[] = [];
        const output = { result: (text: string) => results.push(text), note: () => undefined };
        expect(await runCommand(commands, example.split(" ").slice(1), output), example).toBe(0);
        expect(results.join(""), example).not.toMatch(/NaN|undefined/);
      }
    },
  );

  test("every parameter has an option that help explains", async () => {
    const { result } = await run("--help");
    for (const name of Object.keys(linkParameterTable)) expect(result).toContain(`--${optionName(name)} `);
  });
});
