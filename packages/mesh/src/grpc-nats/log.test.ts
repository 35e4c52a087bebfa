import { spawn } from "node:child_process";
import { Writable } from "node:stream";
import { LedgerEvent } from "@bellmesh/wire/ledger";
import { pino } from "pino";
import { afterEach, describe, expect, test, vi } from "vitest";
import { logRecord } from "./log.ts";

type Event = NonNullable<LedgerEvent["event"]>;
type Line = Record<string, unknown>;

/** One event of every kind, from its JSON, as the generated code reads it. */
const events = {
  requestAccepted: { requestId: "alice/1/1", headEnd: "alice", tailEnd: "bob", pairs: 3, path: ["alice", "bob"] },
  requestRefused: { node: "alice", to: "carol", reason: "NO_SUCH_NODE" },
  requestEnded: { requestId: "alice/1/1", node: "alice", reason: "complete", delivered: 3 },
  circuitInstalled: { circuit: "alice/1/1", node: "bob" },
  circuitTornDown: { circuit: "alice/1/1", node: "bob", reason: "idle" },
  pairHeralded: { pair: "a-b/1/1", firstNode: "alice", secondNode: "bob", bellIndex: { x: true }, attempts: "9" },
  halfStored: { pair: "a-b/1/1", node: "alice", link: "a-b", slot: 0 },
  pairsSwapped: { node: "relay", upstreamPair: "a-b/1/1", downstreamPair: "b-c/1/1", outcome: { z: true } },
  halfDelivered: { pair: "a-b/1/1", node: "alice", requestId: "alice/1/1", claimedFidelityPpb: 900_000_000 },
  halfEnded: { pair: "a-b/1/1", node: "alice", outcome: "OUTCOME_EXPIRED" },
  halfRetracted: { pair: "a-b/1/1", node: "alice", requestId: "alice/1/1", pairSequence: "1" },
  halfUpgraded: { pair: "a-b/1/1", node: "alice", bellIndex: {} },
  pairFidelity: { firstPair: "a-b/1/1", firstNode: "alice", secondPair: "b-c/1/1", secondNode: "carol" },
  emulatorLimit: { node: "relay", pairs: ["a-b/1/1"], limit: "qubits" },
  natureRestarted: {},
  controllerRestarted: { node: "alice" },
  clockChecked: { node: "alice", grandmaster: "bob", offsetPs: "70", promisedPs: "600", promisesPs: "500" },
  halfMeasured: { pair: "a-b/1/1", node: "alice", axis: 1, bit: true },
  census: { timers: 1, streams: 2, messagesSent: "90" },
  hardwareChanged: { node: "alice", version: 2, at: "7" },
  attemptsMade: { link: "a-b", attempts: "12" },
  clockTrustChanged: { link: "a-b", node: "alice", isTrusted: true, uncertaintyPs: "90" },
  faultBegan: { fault: { atNs: "5", kind: "loss", target: "{}", args: '{"probability":1}' } },
  faultEnded: { fault: { atNs: "5", forNs: "1", kind: "loss", target: "{}", args: '{"probability":1}' } },
  halfMoved: { pair: "a-b/1/1", node: "alice", storageSlot: 0 },
  qubitMoved: { qubit: "a-b/1/1", node: "alice", intoStorage: true },
  frameApplied: { pair: "a-b/1/1", node: "alice", applied: { x: true, z: true } },
} satisfies Partial<Record<Event["$case"], object>>;

function linesOf(level: string, cases: readonly string[]): Line[] {
  const lines: Line[] = [];
  const write = (line: unknown, _encoding: string, done: () => void) => {
    lines.push(JSON.parse(String(line)));
    done();
  };
  const log = pino({ level, base: null, timestamp: false }, new Writable({ write, decodeStrings: false }));
  for (const name of cases)
    logRecord(log, LedgerEvent.fromJSON({ [name]: events[name as Event["$case"]] }).event as Event);
  return lines;
}

describe("A ledger event as a log line", () => {
  test("is of one line, whatever its kind", () => {
    expect(linesOf("debug", Object.keys(events))).toHaveLength(27);
  });

  test("is there by default when it is of a request, a circuit, a limit, a clock or a fault", () => {
    expect(linesOf("info", Object.keys(events)).map(({ msg }) => msg)).toEqual([
      "request accepted",
      "request refused",
      "request ended",
      "circuit installed",
      "circuit torn down",
      "emulator limit",
      "clock trust changed",
      "fault began",
      "fault ended",
    ]);
  });

  test("names node, pair, circuit and request by the same keys everywhere", () => {
    const [accepted, , , installed, , , , swapped, delivered, ended] = linesOf("debug", Object.keys(events));
    expect(accepted).toMatchObject({ node: "alice", requestId: "alice/1/1", to: "bob", pairs: 3 });
    expect(installed).toMatchObject({ node: "bob", circuit: "alice/1/1" });
    expect(swapped).toMatchObject({ node: "relay", pair: "a-b/1/1", downstreamPair: "b-c/1/1", bell: "phi-" });
    expect(delivered).toMatchObject({ pair: "a-b/1/1", requestId: "alice/1/1", claimedFidelity: 0.9 });
    expect(ended).toMatchObject({ node: "alice", pair: "a-b/1/1", outcome: "OUTCOME_EXPIRED" });
  });
});

describe("The log of a process", () => {
  const module = new URL("./log.ts", import.meta.url).href;
  const options = { name: "link-layer", place: "alice", services: ["link-layer"], level: "info" };
  const children = new Set<ReturnType<typeof spawn>>();

  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    children.clear();
  });

  /** A process that makes a log and then does this with it. */
  function run(what: string): { out: () => string; ended: () => number | null } {
    const source = `import { createLogger } from ${JSON.stringify(module)};
      const log = createLogger(${JSON.stringify(options)}); ${what}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.add(child);
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
    });
    return { out: () => text, ended: () => child.exitCode };
  }

  test("stands on stdout soon, in JSON that says whose it is", async () => {
    const { out } = run(`log.info({ pair: "a-b/1/1" }, "heard"); setInterval(() => {}, 1e6);`);
    await vi.waitFor(() => expect(out()).toContain("heard"), 20_000);
    expect(JSON.parse(out())).toMatchObject({ ...options, level: 30, pair: "a-b/1/1", msg: "heard" });
  });

  test("is whole when the process exits at once", async () => {
    const { out, ended } = run(`for (let line = 0; line < 500; line++) log.info({ line }, "last"); process.exit(3);`);
    await vi.waitFor(() => expect(ended()).toBe(3), 20_000);
    await vi.waitFor(() => expect(out().split("\n")).toHaveLength(501), 20_000);
  });

  test("leaves out what is below its level", async () => {
    const { out, ended } = run(`log.debug("quiet"); log.warn("loud");`);
    await vi.waitFor(() => expect(ended()).toBe(0), 20_000);
    await vi.waitFor(() => expect(out()).toContain("loud"), 20_000);
    expect(out()).not.toContain("quiet");
  });
});
