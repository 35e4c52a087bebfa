import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readBundle, type WrittenBundle, writeBundle } from "./bundle.ts";
import { BundleError } from "./bundle-error.ts";
import { drawTrial } from "./draw-trial.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-"));
const file = join(folder, "bundle.json");
afterAll(() => rmSync(folder, { recursive: true }));

const trial = drawTrial(10);
const { faults } = trial;
const bundle: WrittenBundle = {
  format: "bellmesh-bundle",
  version: 1,
  seed: 10,
  commit: "abc",
  nodeVersion: "v24.0.0",
  options: { canary: false },
  property: "ends-agree",
  firstBadEvent: { atNs: 5, message: "so" },
  faults,
  trial,
};

function refusal(change: (value: Record<string, unknown>) => unknown): BundleError {
  writeFileSync(file, JSON.stringify(change(structuredClone(bundle) as unknown as Record<string, unknown>)));
  try {
    readBundle(file);
  } catch (error) {
    if (error instanceof BundleError) return error;
  }
  throw new Error("it was not refused");
}

describe("A bundle", () => {
  test("is read as it was written, but for what the seed drew, which is there for people", () => {
    writeBundle(file, bundle);
    expect({ ...readBundle(file), faults }).toEqual(bundle);
    writeFileSync(file, JSON.stringify({ ...bundle, faults: "nobody reads this" }));
    expect({ ...readBundle(file), faults }).toEqual(bundle);
  });

  test("keeps the order in which links serve", () => {
    const requests = trial.requests.map((request) => ({ ...request, priority: 3 }));
    const strict: WrittenBundle = { ...bundle, trial: { ...trial, scheduler: "strict-priority", requests } };
    writeBundle(file, strict);
    expect({ ...readBundle(file), faults }).toEqual(strict);
  });

  test("that is not one is refused with the field and the reason", () => {
    const wrongNode = { ...trial, fresh: { ...trial.fresh, from: "nobody" } };
    const cases: readonly [string, object][] = [
      ["format", { format: "x" }],
      ["version", { version: 2 }],
      ["seed", { seed: -1 }],
      ["commit", { commit: 7 }],
      ["nodeVersion", { nodeVersion: "newest" }],
      [
        "trial.faults[0].atNs",
        { trial: { ...trial, faults: [{ kind: "loss", atNs: -1, forNs: 1, target: {}, args: {} }] } },
      ],
      ["property", { property: "as-askd" }],
      [
        `trial.network.nodes[${trial.network.nodes.length}]`,
        { trial: { ...trial, network: { ...trial.network, nodes: [...trial.network.nodes, trial.network.nodes[0]] } } },
      ],
      ["trial.cutoffMs", { trial: { ...trial, cutoffMs: -1 } }],
      ["trial.regime", { trial: { ...trial, regime: "warm" } }],
      ["trial.fresh.from", { trial: wrongNode }],
      ["trial.core", { trial: { ...trial, core: [] } }],
      ["trial.network", { trial: { ...trial, network: 3 } }],
    ];
    for (const [path, change] of cases) {
      const error = refusal((value) => ({ ...value, ...change }));
      expect(error.path).toBe(path);
      expect(error.message).toContain(`${file}: ${path}: `);
    }
  });

  test("that is no JSON, or not there, is refused", () => {
    writeFileSync(file, "{");
    expect(() => readBundle(file)).toThrow(BundleError);
    expect(() => readBundle(join(folder, "none.json"))).toThrow(BundleError);
  });
});
