import type { ServiceError } from "@grpc/grpc-js";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, clientOf, type Fields, messageOf, reflect } from "./contract.ts";
import { detailsOf } from "./details.ts";
import { End } from "./end.ts";
import { meshUp, type RunningMesh } from "./mesh-up.ts";

/** Drives a mesh from the contract alone: nothing here imports a package of this repository. */

const PAIRS = 20;
const NETWORK = "alice-repeater-bob";
const patient = { timeout: 120_000, interval: 50 };
/** The message type of each kind of subject. */
const busTypes: readonly [RegExp, string][] = [
  [/\.ff\.[^.]+\.[^.]+\.ack$/, "bellmesh.feedforward.v1.Acknowledgement"],
  [/\.ff\./, "bellmesh.feedforward.v1.Feedforward"],
  [/\.led\..*\.events$/, "bellmesh.ledger.v1.LedgerBatch"],
  [/\.tel\..*\.process$/, "bellmesh.telemetry.v1.ProcessReport"],
];

interface Heard {
  readonly subject: string;
  /** The place whose token the subject bears. */
  readonly from: string;
  readonly kind: string;
  readonly message: Fields;
}

let mesh: RunningMesh;
let nats: NatsConnection;
let alice: End;
let bob: End;
const heard: Heard[] = [];

beforeAll(async () => {
  mesh = await meshUp("examples/topologies/alice-repeater-bob.yaml");
  nats = await connect(mesh.nats);
  nats.subscribe(`bellmesh.v1.${NETWORK}.>`, { callback: (_error, { subject, data }) => hear(subject, data) });
  await nats.flush();
  alice = new End("alice", mesh.doorOf("alice"));
  bob = new End("bob", mesh.doorOf("bob"));
}, 120_000);

afterAll(async () => {
  for (const end of [alice, bob]) end?.close();
  await nats?.close();
  await mesh?.stop();
}, 60_000);

function hear(subject: string, bytes: Uint8Array): void {
  const type = busTypes.find(([pattern]) => pattern.test(subject))?.[1];
  const [, , , , from = "", , kind = ""] = subject.split(".");
  if (type !== undefined) heard.push({ subject, from, kind, message: messageOf(type, bytes) });
}

/** Asks for pairs, and gives what both ends have delivered once the request has ended and both have told all. */
async function delivered(more: object = {}) {
  const id = await alice.request("bob", PAIRS, more);
  await expect.poll(() => alice.ended.get(id), patient).toMatchObject({ reason: "END_REASON_COMPLETE" });
  await expect.poll(() => [alice.pairsOf(id).size, bob.pairsOf(id).size], patient).toEqual([PAIRS, PAIRS]);
  return { id, head: alice.pairsOf(id), tail: bob.pairsOf(id) };
}

describe("Pairs that were asked for", () => {
  test("are delivered at both ends, under the same numbers and with the same Bell index", async () => {
    const { head, tail } = await delivered();
    // A machine that is slow expires a pair now and then; its number is not given again.
    expect([...tail.keys()].sort((a, b) => a - b)).toEqual([...head.keys()].sort((a, b) => a - b));
    for (const [number, { bell }] of head) expect(tail.get(number)?.bell).toEqual(bell);
    // Each end's half is of its own link's pair.
    for (const { pair } of head.values()) expect(pair).toMatch(/^alice-repeater\/\d+\/\d+$/);
    for (const { pair } of tail.values()) expect(pair).toMatch(/^repeater-bob\/\d+\/\d+$/);
  });

  test("are all in the state that was asked for", async () => {
    const singlet = { x: true, z: true };
    const { head, tail } = await delivered({ final_state: singlet });
    for (const end of [head, tail]) for (const { bell } of end.values()) expect(bell).toEqual(singlet);
  });
});

describe("Who listens on the bus", () => {
  test("hears the herald of every pair from its station, and the ledger of its delivery from the node", async () => {
    const { id, head } = await delivered();
    const pairs = Array.from(head.values(), ({ pair }) => pair).sort();
    const heralds = () =>
      heard
        .filter(({ from, kind }) => from === "alice-repeater" && kind === "herald")
        .map(({ message }) => message.herald);
    const heralded = () => new Set(heralds().map((herald) => (herald as Fields).pair));
    await expect.poll(() => pairs.filter((pair) => !heralded().has(pair)), patient).toEqual([]);
    const events = () =>
      heard
        .filter(({ subject }) => subject.endsWith(".led.alice.node-controller.events"))
        .flatMap(({ message }) => message.events as Fields[])
        .flatMap(({ half_delivered: half }) => (half ? [half as Fields] : []))
        .filter(({ request_id: of }) => of === id);
    await expect.poll(() => [...new Set(events().map(({ pair }) => pair))].sort(), patient).toEqual(pairs);
  });

  test("hears what each swap owes from the nodes that made it, in TRACKs between neighbours only", () => {
    const tracks = heard.filter(({ kind }) => kind === "track");
    expect(tracks.length).toBeGreaterThanOrEqual(PAIRS);
    const neighbours = new Set(["alice.repeater", "repeater.alice", "repeater.bob", "bob.repeater"]);
    for (const { subject } of tracks) expect(neighbours).toContain(subject.split(".").slice(4, 6).join("."));
  });

  test("hears every process report that it is ready", async () => {
    const reports = () => heard.filter(({ subject }) => subject.includes(".tel."));
    const ready = () =>
      new Set(
        reports()
          .filter(({ message }) => message.ready)
          .map(({ from }) => from),
      );
    await expect.poll(() => [...ready()].sort(), patient).toEqual(mesh.places);
  });

  test("hears nobody speak in another's name", () => {
    for (const { subject, from, message } of heard) {
      const events = (message.events ?? []) as Fields[];
      for (const { writer } of events)
        expect({ subject, writer: String(writer).split("/")[1] }).toEqual({ subject, writer: from });
      if (subject.includes(".tel.")) expect(message.place).toBe(from);
    }
  });
});

describe("A refusal says why, to anybody who can read google.rpc", () => {
  const BadRequest = { field_violations: [expect.objectContaining({ field: "pairs" })] };

  test.each<[string, object, string | undefined, { code: number; reason?: string }, object]>([
    ["no such node", { to: "carol", pairs: 1 }, "alice", { code: 5, reason: "NO_SUCH_NODE" }, {}],
    ["no number of pairs", { to: "bob", pairs: 0 }, "alice", { code: 3, reason: "NO_PAIRS" }, { BadRequest }],
    ["nobody asks", { to: "bob", pairs: 1 }, undefined, { code: 16, reason: "NO_IDENTITY" }, {}],
    ["somebody else asks", { to: "bob", pairs: 1 }, "bob", { code: 7, reason: "NOT_THIS_NODE" }, {}],
    ["more than physics gives", { to: "bob", pairs: 1, min_fidelity: 0.9999 }, "alice", { code: 9 }, {}],
  ])("%s", async (_what, request, node, { code, reason }, more) => {
    const error: ServiceError = await alice.ask("RequestPairs", request, node).then(
      () => expect.unreachable("it was not refused"),
      (refused) => refused,
    );
    const [trailer] = error.metadata.get("grpc-status-details-bin");
    const ErrorInfo = { reason: reason ?? expect.stringMatching(/^[A-Z0-9_]+$/), domain: "bellmesh" };
    expect(detailsOf(trailer as Buffer)).toMatchObject({ code, ErrorInfo, ...more });
    expect(error.code).toBe(code);
  });
});

test("Every process is healthy, as a whole and in each of its services, and reflects what it serves", async () => {
  const all = new Set<string>();
  for (const target of mesh.targets) {
    const health = clientOf("grpc.health.v1.Health", target);
    const services = await reflect(target);
    const ours = services.filter((service) => service.startsWith("bellmesh."));
    expect(services).toEqual(expect.arrayContaining(["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]));
    expect(ours).not.toEqual([]);
    for (const service of ["", ...ours]) {
      expect(await call(health, "Check", { service })).toEqual({ status: "SERVING" });
    }
    for (const service of ours) all.add(service);
    health.close();
  }
  expect([...all].sort()).toEqual([
    "bellmesh.clock_sync.v1.ClockSyncService",
    "bellmesh.fault.v1.FaultService",
    "bellmesh.link_layer.v1.LinkLayerService",
    "bellmesh.network_layer.v1.NetworkLayerService",
    "bellmesh.node_controller.v1.NodeControllerService",
    "bellmesh.node_controller.v1.QuantumMemoryService",
    "bellmesh.physical_link.v1.PhysicalLinkService",
    "bellmesh.quantum_state.v1.QuantumStateService",
  ]);
});
