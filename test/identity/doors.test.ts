import { type AnyMethod, Code, methodsOf, type ServiceDescriptor } from "@bellmesh/mesh";
import { ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { FaultServiceDefinition } from "@bellmesh/wire/fault";
import { LinkLayerServiceDefinition } from "@bellmesh/wire/link-layer";
import { NetworkLayerServiceDefinition } from "@bellmesh/wire/network-layer";
import { NodeControllerServiceDefinition, QuantumMemoryServiceDefinition } from "@bellmesh/wire/node-controller";
import { PhysicalLinkServiceDefinition } from "@bellmesh/wire/physical-link";
import { QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { natsOfPlaces } from "./broker-of-places.ts";
import { Caller, type Claims } from "./caller.ts";
import { SmallMesh } from "./small-mesh.ts";

/** Every door of the mesh: the services, and the place at which a test finds each. */
const doors: readonly [ServiceDescriptor, string][] = [
  [QuantumStateServiceDefinition, "nature"],
  [PhysicalLinkServiceDefinition, "alice-repeater"],
  [ClockSyncServiceDefinition, "alice"],
  [NodeControllerServiceDefinition, "alice"],
  [QuantumMemoryServiceDefinition, "alice"],
  [LinkLayerServiceDefinition, "alice"],
  [NetworkLayerServiceDefinition, "alice"],
  [FaultServiceDefinition, "alice"],
];

const everyMethod: readonly [string, AnyMethod, string][] = doors.flatMap(([definition, place]) =>
  Object.values(methodsOf(definition) as Record<string, AnyMethod>).map((method): [string, AnyMethod, string] => [
    `${method.path} of ${place}`,
    method,
    place,
  ]),
);

const controller = methodsOf(NodeControllerServiceDefinition);
const memory = methodsOf(QuantumMemoryServiceDefinition);
const links = methodsOf(LinkLayerServiceDefinition);
const network = methodsOf(NetworkLayerServiceDefinition);
const station = methodsOf(PhysicalLinkServiceDefinition);
const nature = methodsOf(QuantumStateServiceDefinition);
const faults = methodsOf(FaultServiceDefinition);

let mesh: SmallMesh;
const callers = new Map<string, Caller>();

beforeAll(async () => {
  mesh = await SmallMesh.start(natsOfPlaces("embedded"));
  for (const place of new Set(doors.map(([, at]) => at))) callers.set(place, new Caller(mesh.target(place)));
});

const patient = { timeout: 30_000 };

afterAll(async () => {
  for (const caller of callers.values()) caller.close();
  await mesh?.stop();
});

function callerAt(place: string): Caller {
  return callers.get(place) as Caller;
}

function called(place: string, method: AnyMethod, by: Claims, ...requests: unknown[]) {
  return callerAt(place).call(method, by, ...requests);
}

function claims(service: string, node: string): Claims {
  return { "bellmesh-node": node, "bellmesh-service": service };
}

/** An empty message of a method's request. */
function empty(method: AnyMethod): unknown {
  return method.requestType.decode(new Uint8Array());
}

/** How often each reason of refusal was given so far, as the processes report it on the bus. */
async function refusalsOf(place: string): Promise<Record<string, number>> {
  return (await mesh.report(place)).refusals;
}

describe("Every method of every service", () => {
  test.each(everyMethod)("refuses who does not say who he is: %s", async (_name, method, place) => {
    const refused = { code: Code.UNAUTHENTICATED, reason: "NO_IDENTITY" };
    expect(await called(place, method, {}, empty(method))).toMatchObject(refused);
    const malformed = { "bellmesh-node": "Alice!", "bellmesh-service": "link-layer" };
    expect(await called(place, method, malformed, empty(method))).toMatchObject(refused);
  });

  test.each(everyMethod)("refuses who is of no place of the network: %s", async (_name, method, place) => {
    const refused = { code: Code.PERMISSION_DENIED, reason: "UNKNOWN_PLACE" };
    expect(await called(place, method, claims("node-controller", "mallory"), empty(method))).toMatchObject(refused);
  });
});

describe("A node may not", () => {
  const pair = "alice-repeater/1/1";
  const bob = (service: string) => claims(service, "bob");

  test.each<[string, string, AnyMethod, Claims, unknown]>([
    ["ask for pairs at another's door", "alice", controller.requestPairs, bob("application"), { to: "bob", pairs: 1 }],
    ["withdraw another's request", "alice", controller.withdrawPairs, bob("application"), { requestId: "alice/1/1" }],
    ["release another's half", "alice", controller.releasePair, bob("application"), { pair }],
    ["take slots of another's memory", "alice", memory.slots, bob("link-layer"), attach],
    ["order another's halves about", "alice", memory.halves, bob("network-layer"), discard(pair)],
    ["create pairs at another's link layer", "alice", links.create, bob("network-layer"), { link: "alice-repeater" }],
    ["cancel what another's network layer created", "alice", links.cancel, bob("network-layer"), { createId: 1 }],
    ["follow another's link layer", "alice", links.events, bob("network-layer"), { afterSequence: 0 }],
    ["be the peer on a link it has no end of", "alice", links.peer, bob("link-layer"), hello],
    ["submit to another's network layer", "alice", network.submit, bob("node-controller"), { to: "bob", pairs: 1 }],
    ["withdraw at another's network layer", "alice", network.withdraw, bob("node-controller"), { requestId: "x" }],
    ["signal to who is no neighbour", "alice", network.signal, bob("network-layer"), undefined],
    ["fire into a link it has no end of", "alice-repeater", station.generate, bob("link-layer"), undefined],
    ["create pairs in nature", "nature", nature.createPairs, bob("node-controller"), undefined],
    [
      "inject faults, not even into its own processes",
      "alice",
      faults.inject,
      claims("application", "alice"),
      undefined,
    ],
    ["operate on qubits but by its controller", "nature", nature.operate, bob("link-layer"), undefined],
  ])("%s", async (_what, place, method, by, request) => {
    const given = request === undefined ? empty(method) : { ...(empty(method) as object), ...(request as object) };
    expect(await called(place, method, by, given)).toMatchObject({ code: Code.PERMISSION_DENIED });
  });

  test.each<[string, AnyMethod, Claims]>([
    ["the network layer takes slots", memory.slots, claims("network-layer", "alice")],
    ["the link layer orders halves about", memory.halves, claims("link-layer", "alice")],
    ["an application takes slots", memory.slots, { "bellmesh-node": "alice" }],
  ])("not even at home do another layer's work: %s", async (_what, method, by) => {
    expect(await called("alice", method, by, empty(method))).toMatchObject({ code: Code.PERMISSION_DENIED });
  });
});

test("Every refusal is counted by its reason, reported, and logged with who was refused", async () => {
  const before = await refusalsOf("alice");
  for (let time = 0; time < 3; time++)
    await called("alice", controller.requestPairs, {}, empty(controller.requestPairs));
  await called("alice", controller.requestPairs, claims("application", "mallory"), empty(controller.requestPairs));
  for (let time = 0; time < 2; time++) {
    await called("alice", controller.requestPairs, claims("application", "bob"), empty(controller.requestPairs));
  }
  const more = { NO_IDENTITY: 3, UNKNOWN_PLACE: 1, NOT_THIS_NODE: 2 };
  const expected = Object.fromEntries(
    Object.entries(more).map(([reason, count]) => [reason, (before[reason] ?? 0) + count]),
  );
  await expect.poll(() => refusalsOf("alice"), patient).toMatchObject(expected);
  for (const reason of Object.keys(more)) {
    expect(mesh.lines).toContainEqual(expect.objectContaining({ reason, level: 40, from: expect.any(String) }));
  }
});

test("Health checks and reflection ask nobody who he is", async () => {
  const bytes = { encode: () => ({ finish: () => new Uint8Array() }), decode: (response: Uint8Array) => response };
  const check = {
    path: "/grpc.health.v1.Health/Check",
    requestType: bytes,
    responseType: bytes,
  } as unknown as AnyMethod;
  expect(await called("alice", check, {}, {})).toMatchObject({ code: Code.OK });
});

const attach = { link: "alice-repeater", message: { $case: "attach", attach: {} } };
const hello = { message: { link: "repeater-bob", content: { $case: "hello", hello: { incarnation: 1 } } } };

function discard(pair: string) {
  const half = { pair, reason: 2, requestId: "", pairSequence: 0, feedforwardMissed: false };
  return { message: { $case: "discard", discard: half } };
}
