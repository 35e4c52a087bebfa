import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { NatsBus } from "@bellmesh/mesh/grpc-nats";
import { type EntropyStream, SeededEntropy } from "@bellmesh/numerics";
import { LEDGER_SCHEMA_VERSION, Ledger, readLedger, type Verdict } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { subjects } from "@bellmesh/wire";
import { LedgerAcknowledgement, LedgerBatch, type LedgerEvent } from "@bellmesh/wire/ledger";
import { ProcessReport } from "@bellmesh/wire/telemetry";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Collector, type CollectorOptions } from "./collector.ts";
import { recordedRuns } from "./recorded-run.ts";

const network = "lab";
const topology = { ...loadTopology("line:3"), name: network };
const lines: string[] = [];
const log = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
const permissions = { publish: [">"], subscribe: [">"] };
const runs = recordedRuns();
const [plain] = runs as [(typeof runs)[number]];
let directory = "";
let nats: RunningNats;
let cleanUp: (() => unknown)[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  nats = await startNats({ prefer: "embedded", users: [{ user: "test", password: "test", permissions }], directory });
});

afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
  cleanUp = [];
  lines.length = 0;
});

afterAll(async () => {
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function openBus(): Promise<NatsBus> {
  const url = nats.urlFor("test");
  const bus = await new Promise<NatsBus>((resolve) => {
    const opened = NatsBus.open({ url, name: "test", log, onUp: () => resolve(opened), onDown: () => undefined });
  });
  cleanUp.push(() => bus.close());
  return bus;
}

/** By default events are put in order at the end only, for a replay has no clock. */
async function collect(options: Partial<CollectorOptions> = {}): Promise<Collector> {
  const bus = await openBus();
  const collector = new Collector({ bus, topology, seed: 7, log, lagMs: 1e9, ...options });
  await bus.flush();
  cleanUp.push(() => collector.close(false));
  return collector;
}

async function until(what: string, holds: () => boolean, limitMs = 30_000): Promise<void> {
  const giveUp = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > giveUp) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What each writer would publish, cut into messages of up to 20 events. */
function messagesOf(events: readonly LedgerEvent[], chance: EntropyStream): LedgerEvent[][] {
  const byWriter = Map.groupBy(events, ({ writer, incarnation }) => `${writer} ${incarnation}`);
  const messages: LedgerEvent[][] = [];
  for (const written of byWriter.values()) {
    for (let first = 0; first < written.length; ) {
      const next = first + 1 + Math.floor(20 * chance.uniform());
      messages.push(written.slice(first, next));
      first = next;
    }
  }
  return messages;
}

function shuffled<T>(items: readonly T[], chance: EntropyStream): T[] {
  return items
    .map((item) => ({ item, place: chance.uniform() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function publish(bus: NatsBus, events: readonly LedgerEvent[], writer = events[0]?.writer ?? ""): void {
  const [service = "", place = ""] = writer.split("/");
  bus.publish(subjects.ledger(network, place, service), LedgerBatch.encode({ events: [...events] }).finish());
}

const summary = (verdicts: readonly Verdict[]) =>
  verdicts.map(({ name, verdict, violations }) => ({ name, verdict, violations }));

/** What the referees say when they can neither vouch for anybody nor accuse anybody. */
const silence = plain.verdicts.map(({ name }) => ({ name, verdict: "unknown", violations: [] }));

describe.each(runs.map((run) => [run.title, run] as const))("A mesh in which %s", (_, { events, verdicts }) => {
  test("is judged as it was in simulation, though its messages come in any order and twice", async () => {
    const chance = new SeededEntropy(3).stream("order");
    const file = join(directory, "judged.ledger");
    const collector = await collect({ file });
    const bus = await openBus();
    const messages = messagesOf(events, chance);
    for (const message of shuffled([...messages, ...messages.slice(0, 20)], chance)) publish(bus, message);
    await until("everything has come", () => collector.received === events.length);
    expect(collector.held).toBe(events.length);
    expect(collector.openPairs).toBe(0);
    expect(summary(collector.close(true))).toEqual(summary(verdicts));
    const { header, events: written } = readLedger(readFileSync(file));
    expect(header).toEqual({ schemaVersion: LEDGER_SCHEMA_VERSION, network, seed: 7, world: "mesh" });
    expect(written).toHaveLength(events.length);
  });

  test("is neither right nor wrong when a message was lost", async () => {
    const chance = new SeededEntropy(4).stream("order");
    const collector = await collect();
    const bus = await openBus();
    const [lost, ...messages] = shuffled(messagesOf(events, chance), chance) as [LedgerEvent[], ...LedgerEvent[][]];
    // The last event of a writer leaves no gap behind it.
    const isLast = events.findLast(({ writer }) => writer === lost[0]?.writer) === lost.at(-1);
    for (const message of messages) publish(bus, message);
    await until("everything has come", () => collector.received === events.length - lost.length);
    const found = summary(collector.close(true));
    if (!isLast) expect(found).toEqual(silence);
  });
});

describe("The collector", () => {
  test("acknowledges what has come without gaps, per writer", async () => {
    const told = new Map<string, number>();
    const listener = await openBus();
    listener.subscribe(subjects.ledgerAcknowledgement(network, "n1", "node-controller"), ({ bytes }) => {
      const { writer, incarnation, sequence } = LedgerAcknowledgement.decode(bytes);
      told.set(`${writer} ${incarnation}`, sequence);
    });
    await listener.flush();
    await collect();
    const bus = await openBus();
    const written = plain.events.filter(({ writer }) => writer === "node-controller/n1");
    publish(bus, written.slice(0, 3));
    publish(bus, written.slice(5, 9));
    await until("the first are acknowledged", () => told.get("node-controller/n1 1") === 3);
    publish(bus, written.slice(3, 5));
    await until("all are acknowledged", () => told.get("node-controller/n1 1") === 9);
    // A writer that has lost events begins behind them, again and again.
    for (let time = 0; time < 3; time++) publish(bus, written.slice(12, 15));
    await until("the gap is given up", () => told.get("node-controller/n1 1") === 15);
    expect(lines.filter((line) => line.includes("a writer has lost events"))).toHaveLength(1);
  });

  test("refuses what comes in another's name, and what is no message, and counts it", async () => {
    const collector = await collect();
    const bus = await openBus();
    const [event] = plain.events as [LedgerEvent];
    publish(bus, [event], "node-controller/mallory");
    publish(bus, [{ ...event, sequence: 0 }]);
    bus.publish(subjects.ledger(network, "n0", "node-controller"), new Uint8Array([10, 200]));
    bus.publish(subjects.telemetry(network, "n0", "node-controller"), new Uint8Array([10, 200]));
    const report = ProcessReport.encode(ProcessReport.fromJSON({ place: "n1", services: ["node-controller"] }));
    bus.publish(subjects.telemetry(network, "n0", "node-controller"), report.finish());
    await until("all are refused", () => (collector.refusals.get("FOREIGN_WRITER") ?? 0) === 3);
    expect(Object.fromEntries(collector.refusals)).toEqual({ FOREIGN_WRITER: 3, UNDECODABLE: 2 });
    expect([collector.received, collector.reports]).toEqual([0, []]);
  });

  test("enters events while the mesh runs, and waits for what a silent process may have written", async () => {
    const entered: LedgerEvent[] = [];
    const collector = await collect({ lagMs: 100, onEvent: (event) => entered.push(event) });
    const bus = await openBus();
    const say = (ledgerWritten: number, ledgerAcknowledged: number) => {
      const counted = { place: "n1", services: ["node-controller"], ledgerWritten, ledgerAcknowledged };
      const bytes = ProcessReport.encode(ProcessReport.fromJSON(counted)).finish();
      bus.publish(subjects.telemetry(network, "n1", "node-controller"), bytes);
    };
    const ofRepeater = plain.events.filter(({ writer }) => writer === "node-controller/n1");
    const others = plain.events.filter(({ writer }) => writer !== "node-controller/n1");
    say(ofRepeater.length, 0);
    await until("the process is known", () => collector.reports.length === 1);
    for (const message of messagesOf(others, new SeededEntropy(5).stream("order"))) publish(bus, message);
    await until("the others' events have come", () => collector.received === others.length);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(entered).toEqual([]);
    publish(bus, ofRepeater);
    await until("everything has come", () => collector.received === plain.events.length);
    say(ofRepeater.length, ofRepeater.length);
    await until("everything is entered", () => entered.length === plain.events.length);
    expect(collector.late).toBe(0);
    expect(summary(collector.close(true))).toEqual(summary(plain.verdicts));
  });

  test("goes on without a process that stays silent, and vouches for nothing when that had more to say", async () => {
    const collector = await collect({ lagMs: 0, patienceMs: 0 });
    const bus = await openBus();
    const counted = { place: "n1", services: ["node-controller"], ledgerWritten: 9, ledgerAcknowledged: 8 };
    const bytes = ProcessReport.encode(ProcessReport.fromJSON(counted)).finish();
    bus.publish(subjects.telemetry(network, "n1", "node-controller"), bytes);
    await until("the process is known", () => collector.reports.length === 1);
    for (const message of messagesOf(plain.events, new SeededEntropy(6).stream("order"))) publish(bus, message);
    await until("everything is entered", () => collector.received === plain.events.length && collector.held === 0);
    expect(collector.outstanding).toBe(1);
    expect(lines.filter((line) => line.includes("nothing has come from a process"))).toHaveLength(1);
    expect(summary(collector.close(true))).toEqual(silence);
  });

  test("has everything that a process wrote which was killed, once it is back", async () => {
    const collector = await collect();
    const file = join(directory, "replayed.ledger");
    const header = { schemaVersion: LEDGER_SCHEMA_VERSION, network, seed: 7, world: "simulation" };
    const ledger = new Ledger({ header, file });
    for (const event of plain.events) ledger.append(event);
    ledger.close();
    const child = spawnWriter(file, 1);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    const before = collector.received;
    spawnWriter(file, 2);
    await until("everything has come", () => collector.received === plain.events.length);
    expect(before).toBeLessThanOrEqual(plain.events.length);
    expect(summary(collector.close(true))).toEqual(summary(plain.verdicts));
  });
});

function spawnWriter(file: string, incarnation: number): ChildProcess {
  const program = fileURLToPath(new URL("./replayed-writer.ts", import.meta.url));
  const given = [program, nats.urlFor("test"), file, join(directory, "state"), String(incarnation)];
  const child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "inherit"] });
  cleanUp.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
  });
  return child;
}
