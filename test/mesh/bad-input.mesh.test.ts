import { fileURLToPath } from "node:url";
import { service as clockSync } from "@bellmesh/clock-sync";
import { service as linkLayer } from "@bellmesh/link-layer";
import { type Address, type AnyMethod, type AnyService, methodsOf } from "@bellmesh/mesh";
import { service as networkLayer } from "@bellmesh/network-layer";
import { service as nodeController } from "@bellmesh/node-controller";
import { SeededEntropy } from "@bellmesh/numerics";
import { service as physicalLink } from "@bellmesh/physical-link";
import { service as quantumState } from "@bellmesh/quantum-state";
import { deployment } from "@bellmesh/topology";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { connect } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const topology = fileURLToPath(new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));
const definitions: readonly AnyService[] = [
  quantumState,
  physicalLink,
  clockSync,
  nodeController,
  linkLayer,
  networkLayer,
];
/** No message of anybody: a field whose length lies beyond the end, half a tag, and a tag without its field. */
const malformed = [Buffer.from([10, 200, 1, 7]), Buffer.from([0xff]), Buffer.from([8])];
/** Whoever gets one of these has been answered: that the bytes are wrong, or that he may not call here at all. */
const answers: readonly number[] = [status.INTERNAL, status.INVALID_ARGUMENT, status.PERMISSION_DENIED];
/** Real neighbours, so that it is the bytes that are refused and not who sends them. */
const callers: Readonly<Record<string, Address>> = {
  "quantum-state": "node-controller/alice",
  "physical-link": "link-layer/alice",
  "clock-sync": "clock-sync/alice",
  "node-controller": "application/alice",
  "link-layer": "link-layer/repeater",
  "network-layer": "network-layer/repeater",
};
const DEADLINE_MS = 10_000;

let judged: JudgedMesh;

beforeAll(async () => {
  judged = await JudgedMesh.start({ topology, seed: 7 });
});

afterAll(async () => {
  await judged?.stop();
});

const pids = () => deployment(judged.mesh.topology).map(({ address }) => [address, judged.mesh.pid(address)] as const);

/** Sends these bytes as the only request or the first item. @returns the status it came to */
function send(to: Address, path: string, { requestStream, responseStream }: AnyMethod, bytes: Buffer): Promise<number> {
  const client = new Client(judged.mesh.connection.targetOf(to), credentials.createInsecure());
  const same = (buffer: Buffer) => buffer;
  const metadata = new Metadata();
  const [service = "", node = ""] = (callers[to.slice(0, to.indexOf("/"))] ?? "").split("/");
  metadata.set("bellmesh-service", service);
  metadata.set("bellmesh-node", node);
  const options = { deadline: Date.now() + DEADLINE_MS };
  return new Promise<number>((resolve) => {
    const done = (error: ServiceError | null) => resolve(error?.code ?? status.OK);
    if (requestStream) {
      const stream = client.makeBidiStreamRequest(path, same, same, metadata, options);
      stream.on("error", done).on("end", () => done(null));
      stream.resume();
      stream.write(bytes);
    } else if (responseStream) {
      const stream = client.makeServerStreamRequest(path, same, same, bytes, metadata, options);
      stream.on("error", done).on("end", () => done(null));
      stream.resume();
    } else {
      client.makeUnaryRequest(path, same, same, bytes, metadata, options, done);
    }
  }).finally(() => client.close());
}

test("Malformed protobuf on every RPC is answered with a status, and no process ends", async () => {
  const before = pids();
  const statuses: Record<string, readonly number[]> = {};
  for (const { service, address } of deployment(judged.mesh.topology)) {
    const definition = definitions.find(({ name }) => name === service);
    for (const descriptor of definition?.serves ?? []) {
      for (const method of Object.values(methodsOf(descriptor)) as AnyMethod[]) {
        const codes: number[] = [];
        for (const bytes of malformed) codes.push(await send(address, method.path, method, bytes));
        statuses[`${address}${method.path}`] = codes;
      }
    }
  }
  const wrong = Object.entries(statuses).filter(([, codes]) => !codes.every((code) => answers.includes(code)));
  expect(wrong).toEqual([]);
  expect(Object.keys(statuses).length).toBeGreaterThan(30);
  expect(pids()).toEqual(before);
});

test("A peer of another protocol version is told so by name, and nothing else happens", async () => {
  const before = pids();
  for (const { service, address } of deployment(judged.mesh.topology)) {
    const [descriptor] = definitions.find(({ name }) => name === service)?.serves ?? [];
    const [method] = descriptor ? (Object.values(methodsOf(descriptor)) as AnyMethod[]) : [];
    if (!method) continue;
    const later = method.path.replace(".v1.", ".v2.");
    expect(await send(address, later, method, Buffer.alloc(0)), `${address}${later}`).toBe(status.UNIMPLEMENTED);
  }
  expect(pids()).toEqual(before);
});

test("Malformed protobuf on every subject is dropped and counted, by whomever it is sent", async () => {
  const before = pids();
  const { mesh } = judged;
  const entropy = new SeededEntropy(1);
  for (const { service, place } of deployment(mesh.topology)) {
    const definition = definitions.find(({ name }) => name === service);
    const context = { config: { topology: mesh.topology }, place, entropy };
    for (const { subject } of definition?.subscriptions(context) ?? []) {
      // The fifth token is the publisher's: every node of the network in turn.
      for (const { name } of mesh.topology.nodes) {
        const concrete = subject.replace("*", name);
        const [, , , , publisher = ""] = concrete.split(".");
        const url = new URL(mesh.nats.urlOf(publisher));
        const connection = await connect({ servers: url.host, user: url.username, pass: url.password });
        for (const bytes of malformed) connection.publish(concrete, bytes);
        await connection.drain();
      }
    }
  }
  const refused = () => mesh.reports.all().reduce((sum, report) => sum + (report.refusals.UNDECODABLE ?? 0), 0);
  await judged.until(() => refused() > 30);
  expect(pids()).toEqual(before);
});

test("and after all that pairs are delivered, and no referee objects", async () => {
  const { table } = await judged.request({ from: "alice", to: "bob", pairs: 50 });
  expect(table.failed()).toEqual({});
  expect(table.delivered).toBe(50);
  expect(await judged.objections()).toEqual([]);
});
