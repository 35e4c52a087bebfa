import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { subjects } from "@bellmesh/wire";
import { LedgerAcknowledgement, LedgerBatch, type LedgerEvent } from "@bellmesh/wire/ledger";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NatsBus } from "./bus.ts";
import { EVENTS_KEPT_MAX, LedgerWriter } from "./ledger-writer.ts";

const permissions = { publish: [">"], subscribe: [">"] };
const lines: string[] = [];
const log = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
let directory = "";
let nats: RunningNats;
let cleanUp: (() => unknown)[] = [];

beforeEach(async () => {
  lines.length = 0;
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  nats = await startNats({ prefer: "embedded", users: [{ user: "test", password: "test", permissions }], directory });
});

afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
  cleanUp = [];
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

function openBus(onUp: () => void = () => undefined): NatsBus {
  const options = { url: nats.urlFor("test"), name: "test", log, onUp, onDown: () => undefined };
  const bus = NatsBus.open(options);
  cleanUp.push(() => bus.close());
  return bus;
}

function openWriter(incarnation = 1, place = "bob"): LedgerWriter {
  const state = join(directory, place);
  const identity = { network: "lab", service: "node-controller", place, incarnation };
  const writer = LedgerWriter.open({ directory: state, ...identity, log });
  cleanUp.push(() => writer.close());
  return writer;
}

async function until(what: string, holds: () => boolean, limitMs = 20_000): Promise<void> {
  const giveUp = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > giveUp) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Hears a network's ledger, and acknowledges it as far as it is without gaps. */
class Listener {
  readonly batches: LedgerBatch[] = [];
  acknowledging: boolean;
  readonly #bus: NatsBus;

  constructor(acknowledging: boolean) {
    this.acknowledging = acknowledging;
    this.#bus = openBus();
    this.#bus.subscribe(subjects.ledgerOfAll("lab"), ({ bytes }) => {
      const batch = LedgerBatch.decode(bytes);
      this.batches.push(batch);
      if (this.acknowledging) this.acknowledge(batch.events.at(-1) as LedgerEvent);
    });
  }

  get up(): boolean {
    return this.#bus.up;
  }

  /** The numbers of the events of an incarnation, without repetitions. */
  heard(incarnation = 1): number[] {
    const events = this.batches.flatMap((batch) => batch.events);
    const numbers = events.filter((event) => event.incarnation === incarnation).map(({ sequence }) => sequence);
    return [...new Set(numbers)].sort((a, b) => a - b);
  }

  acknowledge({ writer, incarnation, sequence }: LedgerEvent): void {
    const bytes = LedgerAcknowledgement.encode({ writer, incarnation, sequence }).finish();
    this.#bus.publish(subjects.ledgerAcknowledgement("lab", "bob", "node-controller"), bytes);
  }
}

function stored(slot: number): NonNullable<LedgerEvent["event"]> {
  const halfStored = { pair: `alice-bob/1/${slot}`, node: "bob", link: "alice-bob", slot };
  return { $case: "halfStored", halfStored };
}

function writeSteps(writer: LedgerWriter, count: number, perStep = 1): void {
  for (let step = 0; step < count; step++) {
    for (let event = 0; event < perStep; event++) writer.record(stored(step), 1000 * step, 5);
    writer.commit();
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const journals = () => readdirSync(join(directory, "bob")).filter((name) => name.endsWith(".journal"));

describe("What a process writes into the ledger", () => {
  test("is numbered from 1, published with its instants, and forgotten once it is acknowledged", async () => {
    const listener = new Listener(true);
    await until("the listener is up", () => listener.up);
    const writer = openWriter();
    writer.connect(openBus(() => writer.busUp()));
    writeSteps(writer, 3, 2);
    await until("all are acknowledged", () => writer.acknowledged === 6);
    expect(writer.written).toBe(6);
    expect(listener.heard()).toEqual(upTo(6));
    const first = listener.batches[0]?.events[0];
    expect(first).toMatchObject({ writer: "node-controller/bob", incarnation: 1, at: 0, uncertaintyNs: 5 });
    expect(first?.event).toEqual(stored(0));
    expect(await writer.drain(0)).toBe(true);
    writer.close();
    expect(journals()).toEqual([]);
  });

  test("is sent again until somebody acknowledges it, the oldest first, one message at a time", async () => {
    const listener = new Listener(false);
    await until("the listener is up", () => listener.up);
    const writer = openWriter();
    writer.connect(openBus(() => writer.busUp()));
    writeSteps(writer, 4000);
    await until(
      "it is sent again twice",
      () => listener.batches.filter(({ events }) => events[0]?.sequence === 1).length > 2,
    );
    expect(await writer.drain(50)).toBe(false);
    const lengths = listener.batches.map((batch) => LedgerBatch.encode(batch).finish().length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536);
    listener.acknowledging = true;
    expect(await writer.drain(20_000)).toBe(true);
    expect(writer.acknowledged).toBe(4000);
    expect(listener.heard()).toEqual(upTo(4000));
  });

  test("comes when the bus does", async () => {
    const writer = openWriter();
    writer.connect(openBus(() => writer.busUp()));
    const listener = new Listener(true);
    await until("the listener is up", () => listener.up);
    writeSteps(writer, 10);
    await until("all are acknowledged", () => writer.acknowledged === 10);
    nats.kill("SIGKILL");
    await nats.exited;
    await until("the listener is down", () => !listener.up);
    writeSteps(writer, 10);
    await nats.restart();
    await until("all are acknowledged", () => writer.acknowledged === 20, 40_000);
    expect(listener.heard()).toEqual(upTo(20));
  });

  test("outlives a process that is killed, to the last step", async () => {
    const child = spawnWriter();
    let told = 0;
    child.stdout?.on("data", (data: Buffer) => {
      told = Number(data.toString().trim().split("\n").at(-1));
    });
    await until("the child has written", () => told >= 2000);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    const listener = new Listener(true);
    await until("the listener is up", () => listener.up);
    const writer = openWriter(2);
    writer.connect(openBus(() => writer.busUp()));
    writeSteps(writer, 3);
    expect(writer.written).toBeGreaterThanOrEqual(told + 3);
    expect(await writer.drain(20_000)).toBe(true);
    expect(listener.heard(1)).toEqual(upTo(writer.written - 3));
    expect(listener.heard(2)).toEqual(upTo(3));
  });

  test("is cut where a kill tore it, with a word in the log", async () => {
    const former = openWriter();
    writeSteps(former, 5);
    former.close();
    const [name = ""] = journals();
    const file = join(directory, "bob", name);
    appendFileSync(file, readFileSync(file).subarray(0, 20));
    const writer = openWriter(2);
    expect(writer.written).toBe(5);
    expect(lines.filter((line) => line.includes("cut off"))).toHaveLength(1);
  });

  test("drops the oldest beyond its bounds, and says once what that means", () => {
    const writer = openWriter();
    writeSteps(writer, EVENTS_KEPT_MAX + 300);
    expect(writer.written).toBe(EVENTS_KEPT_MAX + 300);
    expect(writer.acknowledged).toBe(0);
    expect(lines.filter((line) => line.includes("the oldest are dropped"))).toHaveLength(1);
    const kept = journals().reduce((sum, name) => sum + statSync(join(directory, "bob", name)).size, 0);
    writer.close();
    expect(kept).toBeLessThan(8_000_000);
  });

  test("takes no more room on disk than what waits for its acknowledgement, and a file more", async () => {
    const listener = new Listener(true);
    await until("the listener is up", () => listener.up);
    const writer = openWriter();
    writer.connect(openBus(() => writer.busUp()));
    for (let round = 0; round < 6; round++) {
      writeSteps(writer, 8000);
      await until("all but the last are acknowledged", () => writer.acknowledged > 8000 * round);
    }
    expect(await writer.drain(20_000)).toBe(true);
    expect(listener.heard()).toEqual(upTo(48_000));
    expect(journals().length).toBeLessThan(2);
  });

  test("goes on when the disk does not take it, and is journalled again when the disk does", async () => {
    const writer = openWriter();
    rmSync(join(directory, "bob"), { recursive: true });
    writeSteps(writer, 3);
    expect(lines.filter((line) => line.includes("cannot be written"))).toHaveLength(1);
    mkdirSync(join(directory, "bob"));
    await until("the journal is back", () => journals().length === 1);
    writer.close();
    expect(openWriter(2).written).toBe(3);
  });

  test("loses no step that the disk took before it was full, and is whole by the time it complains", async () => {
    // The largest file that the child may write is smaller than what it wants to write.
    const child = spawnWriter("ulimit -f 64; ");
    let complaints = "";
    child.stderr?.on("data", (data: Buffer) => {
      complaints += data.toString();
    });
    await new Promise((resolve) => child.once("close", resolve));
    expect(complaints.match(/cannot be written/g)).toHaveLength(1);
    const { written } = openWriter(2);
    expect(written).toBeGreaterThan(300);
    expect(lines.filter((line) => line.includes("cut off"))).toEqual([]);
  });
});

/** A process that writes one step after another and says how many it has written. */
function spawnWriter(before = ""): ChildProcess {
  const program = fileURLToPath(new URL("./endless-writer.ts", import.meta.url));
  const command = `${before}exec ${process.execPath} ${program} ${join(directory, "bob")}`;
  const child = spawn("bash", ["-c", command], { stdio: ["ignore", "pipe", "pipe"] });
  cleanUp.push(() => child.kill("SIGKILL"));
  return child;
}
