import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type FaultEntry, faultKinds } from "@bellmesh/mesh";
import { readLedger } from "@bellmesh/simulation";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const topology = fileURLToPath(new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));
const link = "alice-repeater";
const everywhere = { subject: ">" };
/** Of a process that a fault takes down, stops or slows. */
const process = "node-controller/repeater";

type Kind = FaultEntry["kind"];
type Row = readonly [kind: Kind, target: object, args: object];

/** While one of these lasts no pair is delivered, whatever the other pairs of links may do. */
const stopping: readonly Row[] = [
  ["bus-outage", { place: "repeater" }, {}],
  ["cable-cut", { link }, {}],
  ["control-cut", { link }, {}],
  ["crash", { process }, {}],
  ["delay", { subject: ">", from: "*", to: "*" }, { ns: 3e9, jitterNs: 0 }],
  ["detector-blindness", { link }, {}],
  ["fibre-cut", { link }, {}],
  ["loss", everywhere, { probability: 1 }],
  ["loss-drift", { link }, { db: 60 }],
  ["partition", { a: ["bob"], b: "*" }, { oneWay: false }],
  ["pause", { process }, {}],
  ["reorder", everywhere, { probability: 1, maxDelayNs: 60e9 }],
  ["slow-consumer", { process: "network-layer/bob" }, { perMessageNs: 2e9, pendingMax: 1 }],
  ["store-loss", { process }, {}],
];

/** While one of these lasts pairs are delivered that are worth less than others. */
const spoiling: readonly Row[] = [
  ["dark-count-burst", { link }, { probability: 0.1 }],
  ["false-herald", { link }, { probability: 1 }],
  ["readout-bias", { node: "repeater" }, { p01: 0.4, p10: 0.4 }],
  ["t2-collapse", { node: "repeater" }, { t2Ns: 100_000 }],
  ["wrong-bell-index", { link }, { probability: 1 }],
];

/** Of these nothing shows at once in what is delivered, but who applies them says that they began. */
const borne: readonly (readonly [...Row, writer: RegExp])[] = [
  ["asymmetric-delay", { from: "alice", to: "repeater" }, { forthNs: 2e6, backNs: 0 }, /\/(alice|repeater)$/],
  ["clock-drift", { node: "bob" }, { ppb: 100 }, /\/bob$/],
  ["clock-jitter", { node: "bob" }, { sigmaNs: 5 }, /^clock-sync\/bob$/],
  ["clock-step", { node: "bob" }, { stepNs: 50 }, /^clock-sync\/bob$/],
  ["duplication", everywhere, { probability: 1, delayNs: 100_000 }, /\/bob$/],
  ["false-announce", { node: "bob" }, { priority1: 0 }, /^clock-sync\/bob$/],
  ["fidelity-lie", { link, node: "alice" }, { fidelity: 0.6 }, /^link-layer\/alice$/],
  ["grandmaster-loss", { node: "repeater" }, {}, /^clock-sync\/repeater$/],
  ["stuck-slot", { link, node: "alice" }, { slot: 0 }, /^node-controller\/alice$/],
];

/** A process that stands still has nothing to say, which takes a while to find out. */
const patient = { timeout: 20_000 };

let judged: JudgedMesh;
let directory = "";
let asked: Promise<unknown>;
let events: readonly LedgerEvent[] = [];
const asking = new AbortController();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "bm-"));
  judged = await JudgedMesh.start({ topology, seed: 29, allowFaults: true, ledgerFile: join(directory, "ledger") });
  asked = judged.request({ from: "alice", to: "bob", pairs: 1_000_000, maxTimeNs: 0 }, asking.signal);
  await more(10);
});

afterAll(async () => {
  await judged?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Waits until so many more pairs were delivered. */
async function more(pairs: number): Promise<void> {
  const { collector } = judged.mesh;
  const before = collector.delivered;
  await judged.until(() => collector.delivered >= before + pairs);
}

async function inject(kind: Kind, target: object, args: object): Promise<void> {
  const injected = await judged.mesh.faults.inject({ atNs: 0, forNs: "forever", kind, target, args });
  expect(injected).toMatchObject({ concerned: expect.any(Number) });
  expect((injected as { concerned: number }).concerned).toBeGreaterThan(0);
}

async function acting(): Promise<readonly object[]> {
  return ((await judged.mesh.faults.list()) as { acting: readonly object[] }).acting;
}

/** Lets a fault act while something is done, as `faults list` has it, and clears it. */
async function during([kind, target, args]: Row, work: () => Promise<void>): Promise<void> {
  await inject(kind, target, args);
  try {
    const isMomentary = faultKinds.get(kind)?.isMomentary === true;
    if (!isMomentary) await expect.poll(acting, patient).toMatchObject([{ kind, target, args, forNs: "forever" }]);
    await work();
  } finally {
    await judged.mesh.faults.clear();
  }
  expect(await judged.mesh.faults.list()).toEqual({ acting: [], coming: [] });
}

/** What the ledger has from the beginning of a fault to its end. */
function windowOf(kind: Kind): readonly LedgerEvent[] {
  const isOf = ({ event }: LedgerEvent) =>
    (event?.$case === "faultBegan" && event.faultBegan.fault?.kind === kind) ||
    (event?.$case === "faultEnded" && event.faultEnded.fault?.kind === kind);
  return events.slice(events.findIndex(isOf), events.findLastIndex(isOf) + 1);
}

/** Nature's fidelity of what was delivered then. */
function fidelityIn(window: readonly LedgerEvent[]): number {
  const found = window.flatMap(({ event }) =>
    event?.$case === "pairFidelity" ? [event.pairFidelity.fidelityPpt / 1e12] : [],
  );
  return found.reduce((sum, fidelity) => sum + fidelity, 0) / found.length;
}

describe("On a running mesh", () => {
  test.each(stopping)("%s lets nothing be delivered, until it is cleared", async (...row) => {
    await during(row, async () => {
      // What is under way in the mesh, or to the collector, has come by then.
      await sleep(400);
      const before = judged.mesh.collector.delivered;
      await sleep(400);
      expect(judged.mesh.collector.delivered - before).toBeLessThanOrEqual(2);
    });
    await more(5);
  });

  test("restart starts what a crash has ended", async () => {
    const former = judged.mesh.pid(process);
    await inject("crash", { process }, {});
    await judged.until(() => judged.mesh.pid(process) === undefined);
    await inject("restart", { process }, {});
    await judged.until(() => judged.mesh.pid(process) !== undefined);
    expect(judged.mesh.pid(process)).not.toBe(former);
    await judged.mesh.faults.clear();
    await more(5);
  });

  test.each(spoiling)("%s lets pairs go on, until it is cleared", (...row) => during(row, () => more(25)));

  test.each(borne)("%s is borne, until it is cleared", (kind, target, args) =>
    during([kind, target, args], () => more(8)),
  );
});

describe("The ledger of it", () => {
  beforeAll(async () => {
    asking.abort();
    await asked;
    await judged.mesh.stop();
    events = readLedger(readFileSync(join(directory, "ledger"))).events;
  });

  test("has every kind of fault when it begins, and when it ends", () => {
    const kinds = [...stopping, ...spoiling, ...borne].map(([kind]) => kind);
    expect([...kinds, "restart"].sort()).toEqual([...faultKinds.keys()]);
    const found = (which: "faultBegan" | "faultEnded") => {
      const all = events.flatMap(({ event }) => {
        if (event?.$case === "faultBegan" && which === "faultBegan") return [event.faultBegan.fault?.kind];
        return event?.$case === "faultEnded" && which === "faultEnded" ? [event.faultEnded.fault?.kind] : [];
      });
      return [...new Set(all)].sort();
    };
    expect(found("faultBegan")).toEqual([...faultKinds.keys()]);
    const lasting = [...faultKinds.values()].filter(({ isMomentary }) => !isMomentary);
    expect(found("faultEnded")).toEqual(lasting.map(({ name }) => name));
  });

  test.each(spoiling)("has pairs that %s has spoilt", (kind) => {
    const peace = fidelityIn(
      events.slice(
        0,
        events.findIndex(({ event }) => event?.$case === "faultBegan"),
      ),
    );
    expect(fidelityIn(windowOf(kind))).toBeLessThan(peace - 0.05);
  });

  test.each(["readout-bias", "t2-collapse"] as const)("says what hardware %s leaves", (kind) => {
    expect(windowOf(kind).some(({ event }) => event?.$case === "hardwareChanged")).toBe(true);
  });

  test.each(borne)("has %s from who applies it", (kind, _target, _args, writer) => {
    const writers = windowOf(kind).flatMap((event) => (event.event?.$case === "faultBegan" ? [event.writer] : []));
    expect(writers.filter((one) => writer.test(one))).not.toEqual([]);
  });

  test("has claims that a lie has spoilt", () => {
    const claimed = windowOf("fidelity-lie").flatMap(({ event }) =>
      event?.$case === "halfDelivered" ? [event.halfDelivered.claimedFidelityPpb] : [],
    );
    expect(Math.min(...claimed)).toBeLessThan(0.7e9);
  });
});
