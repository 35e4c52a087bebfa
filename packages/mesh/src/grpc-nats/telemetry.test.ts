import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { subjects } from "@bellmesh/wire";
import { ProcessReport } from "@bellmesh/wire/telemetry";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NatsBus } from "./bus.ts";
import { histogramQuantile } from "./log-histogram.ts";
import { Telemetry } from "./telemetry.ts";

const permissions = { publish: [">"], subscribe: [">"] };
const log = pino({ level: "silent" });
let directory = "";
let nats: RunningNats;
let bus: NatsBus;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  nats = await startNats({ prefer: "embedded", users: [{ user: "test", password: "test", permissions }], directory });
  await new Promise<void>((onUp) => {
    bus = NatsBus.open({ url: nats.urlFor("test"), name: "test", log, onUp, onDown: () => undefined });
  });
});

afterEach(async () => {
  await bus.close();
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

const state = {
  network: "lab",
  place: "bob",
  services: ["link-layer", "network-layer"],
  incarnation: 3,
  busDrops: 1,
  ledgerWritten: 5,
  ledgerAcknowledged: 4,
  ready: false,
  reason: "the bus is away",
};

test("a process reports at once, again and again, and when it ends", async () => {
  const reports: ProcessReport[] = [];
  const subject = subjects.telemetry("lab", "bob", "link-layer");
  bus.subscribe(subject, ({ bytes }) => reports.push(ProcessReport.decode(bytes)));
  const telemetry = new Telemetry();
  telemetry.inputs = 7;
  telemetry.excess.add(3000);
  telemetry.refused("UNKNOWN_PUBLISHER");
  telemetry.refused("UNKNOWN_PUBLISHER");
  telemetry.start(bus, 20, () => state);
  telemetry.start(bus, 20, () => state);
  await expect.poll(() => reports.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(2);
  telemetry.inputs = 8;
  telemetry.stop();
  telemetry.stop();
  await expect.poll(() => reports.at(-1)?.inputs, { timeout: 20_000, interval: 5 }).toBe(8);
  const [first] = reports as [ProcessReport];
  const { network: _, ...told } = state;
  expect(first).toMatchObject({ ...told, pid: process.pid, inputs: 7, refusals: { UNKNOWN_PUBLISHER: 2 } });
  expect(first.residentBytes).toBeGreaterThan(1_000_000);
  expect(first.messageExcess && histogramQuantile(first.messageExcess, 0.5)).toBeGreaterThan(2000);
  expect(reports.filter(({ inputs }) => inputs === 8)).toHaveLength(1);
});

test("reports that the bus cannot take are not counted among the messages lost", async () => {
  const telemetry = new Telemetry();
  await bus.close();
  telemetry.start(bus, 1000, () => state);
  telemetry.stop();
  expect(bus.dropped).toBe(0);
});
