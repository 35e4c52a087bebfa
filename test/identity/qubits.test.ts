import { Code, methodsOf } from "@bellmesh/mesh";
import {
  Basis,
  type OperateRequest,
  type OperateResponse,
  QuantumStateServiceDefinition,
  RefusalReason,
} from "@bellmesh/wire/quantum-state";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { natsOfPlaces } from "./broker-of-places.ts";
import { Caller, type OpenCall } from "./caller.ts";
import { SmallMesh } from "./small-mesh.ts";

const { createPairs, operate } = methodsOf(QuantumStateServiceDefinition);
type Operation = NonNullable<OperateRequest["operation"]>;

const PAIRS = 40;
/** The clocks of nodes nobody synchronises differ; no stamp is to be older than the pair by that. */
const LATER_NS = 20_000_000;
const pairNames = Array.from({ length: PAIRS }, (_, index) => `repeater-bob/9/${index + 1}`);
const patient = { timeout: 30_000, interval: 2 };
const index = { x: false, z: false };

let mesh: SmallMesh;
let caller: Caller;
let operations = 0;

beforeAll(async () => {
  mesh = await SmallMesh.start(natsOfPlaces("embedded"));
  caller = new Caller(mesh.target("nature"));
});

afterAll(async () => {
  caller?.close();
  await mesh?.stop();
});

/** The node-controller of a node, as nature sees it: attached, and able to operate on what the node holds. */
function controllerOf(node: string): OpenCall {
  const stream = caller.open(operate, { "bellmesh-node": node, "bellmesh-service": "node-controller" });
  stream.send({ operationId: 0, at: 0, operation: { $case: "attach", attach: { incarnation: 1 } } });
  return stream;
}

function stationOf(link: string): OpenCall {
  return caller.open(createPairs, { "bellmesh-node": link, "bellmesh-service": "physical-link" });
}

function pairOf(pair: string, emitted: number) {
  const ends = { firstNode: "repeater", secondNode: "bob", firstEmitted: emitted, secondEmitted: emitted };
  return { pair, ...ends, bellWeights: [1, 0, 0, 0], announced: index, attempts: 1, photonOffsetPs: 0 };
}

/** Operates, and gives nature's answer. */
async function answerTo(controller: OpenCall, at: number, operation: Operation): Promise<OperateResponse["outcome"]> {
  operations += 1;
  const operationId = operations;
  controller.send({ operationId, at, operation });
  const answer = () =>
    (controller.answers as OperateResponse[]).find((response) => response.operationId === operationId);
  await expect.poll(answer, patient).toBeDefined();
  return answer()?.outcome;
}

/** Everything that can be done to a qubit of this name. */
function everythingTo(qubit: string): Operation[] {
  return [
    { $case: "measurement", measurement: { qubit, basis: Basis.Z } },
    { $case: "bellMeasurement", bellMeasurement: { first: qubit, second: pairNames[1] as string } },
    { $case: "gate", gate: { qubit, axis: Basis.X, angle: 1 } },
    { $case: "controlledGate", controlledGate: { control: qubit, target: pairNames[1] as string, axis: Basis.X } },
    { $case: "correction", correction: { qubit, applied: { x: true, z: true } } },
    { $case: "delivery", delivery: { qubit, announced: index, released: true } },
    { $case: "discard", discard: { qubit } },
  ];
}

test("Nobody but its holder can touch a qubit, by whatever name he calls one of his own", async () => {
  const station = stationOf("repeater-bob");
  await expect.poll(() => station.answers.length, patient).toBe(1);
  const [repeater, bob, alice] = [controllerOf("repeater"), controllerOf("bob"), controllerOf("alice")];
  const emitted = mesh.now();
  const at = emitted + LATER_NS;
  for (const pair of pairNames) station.send(pairOf(pair, emitted));
  const [first = ""] = pairNames;
  const touched = await Promise.all(everythingTo(first).map((operation) => answerTo(alice, at, operation)));
  for (const outcome of touched) {
    expect(outcome).toMatchObject({ $case: "refusal", refusal: { reason: RefusalReason.NOT_HELD } });
  }
  for (const qubit of pairNames) {
    alice.send({ operationId: 0, at, operation: { $case: "initialise", initialise: { qubit } } });
    alice.send({ operationId: 0, at, operation: { $case: "gate", gate: { qubit, axis: Basis.X, angle: 1.5 } } });
  }
  const ofHerOwn = pairNames.map(
    (qubit): Operation => ({ $case: "measurement", measurement: { qubit, basis: Basis.Z } }),
  );
  await Promise.all(ofHerOwn.map((operation) => answerTo(alice, at + 1e6, operation)));
  let equal = 0;
  for (const [number, qubit] of pairNames.entries()) {
    const basis = number % 2 === 0 ? Basis.Z : Basis.X;
    const measure = (controller: OpenCall) =>
      answerTo(controller, at, { $case: "measurement", measurement: { qubit, basis } });
    const bits = await Promise.all([measure(repeater), measure(bob)]);
    for (const bit of bits) expect(bit?.$case).toBe("bit");
    if (JSON.stringify(bits[0]) === JSON.stringify(bits[1])) equal += 1;
  }
  // As |Φ+⟩ gives them, but for readout errors; a touched pair agrees half of the time.
  expect(equal).toBeGreaterThan(PAIRS * 0.8);
  for (const open of [station, repeater, bob, alice]) open.cancel();
});

describe("A heralding station makes no pairs", () => {
  test.each([
    ["of another link", "alice-repeater", "repeater-bob/9/99"],
    ["under another link's name", "alice-repeater", "alice-repeater-bob/9/99"],
  ])("%s", async (_what, link, pair) => {
    const request = pairOf(pair, mesh.now());
    const claims = { "bellmesh-node": link, "bellmesh-service": "physical-link" };
    expect(await caller.call(createPairs, claims, request)).toMatchObject({ code: Code.PERMISSION_DENIED });
  });
});

test("Nothing is done for an operator that has not attached", async () => {
  const claims = { "bellmesh-node": "bob", "bellmesh-service": "node-controller" };
  const operation = { $case: "discard", discard: { qubit: pairNames[0] } };
  const status = await caller.call(operate, claims, { operationId: 1, at: 0, operation });
  expect(status).toMatchObject({ code: Code.FAILED_PRECONDITION, reason: "NOT_ATTACHED" });
});
