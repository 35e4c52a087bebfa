import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Ask, Mesh } from "@bellmesh/emulation";
import { quantile } from "@bellmesh/numerics";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { Child } from "./child.ts";
import { cpuMsOf } from "./cpu-of.ts";

/** Median and 99th percentile, in µs. */
export interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
}

/** What a mesh of processes does here and now, beside the floors of the same run. */
export interface MeshFigures {
  readonly nats: string;
  readonly seconds: number;
  readonly pairsPerSecond: number;
  readonly delivered: number | null;
  readonly predicted: number | null;
  readonly cpuMsPerPair: number;
  readonly cpuMsPerPairByProcess: Readonly<Record<string, number>>;
  /** One way, before the distance rule, while the pairs are made. */
  readonly feedforward: Latency;
  readonly barePublish: Latency;
  /** There and back, between two processes, while nothing else runs. */
  readonly bareGrpcStream: Latency;
  readonly firstPairS: number;
  readonly thirtyProcessesS: number;
  readonly residentMbPerNode: number;
  readonly residentMbPerProcess: number;
  readonly violations: number;
  readonly verdicts: Readonly<Record<string, string>>;
}

const BENCH = fileURLToPath(new URL("../../../examples/topologies/bench-mesh-3.yaml", import.meta.url));
const ends = { from: "n0", to: "n2" };
const READY_LIMIT_MS = 60_000;
const AWAIT_PAIRS_S = 30;

/** Everything, one after the other; `quick` takes a sixth of the time. */
export async function meshFigures(quick: boolean, note: (text: string) => void): Promise<MeshFigures> {
  const directory = mkdtempSync(join(tmpdir(), "bellmesh-bench-"));
  try {
    note("bare gRPC stream between two processes …");
    const bareGrpcStream = await grpcFloor(directory, quick ? 2000 : 10_000);
    note("thirty processes …");
    const thirtyProcessesS = await thirtyProcesses(directory);
    note("first pair …");
    const firstPairS = await firstPair(directory);
    note("a node's four services in one process …");
    const residentMbPerNode = await residentPerNode(directory);
    const seconds = quick ? 10 : 60;
    note(`bench-mesh-3, ${seconds} s …`);
    return {
      bareGrpcStream,
      thirtyProcessesS,
      firstPairS,
      residentMbPerNode,
      ...(await sustained(directory, seconds)),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function ask(pairs: number, seconds: number): Ask {
  const wishes = { minFidelity: undefined, missPolicy: MissPolicy.UNSPECIFIED, graceNs: 0, finalState: undefined };
  return { ...ends, pairs, maxTimeNs: seconds * 1e9, ...wishes };
}

async function withMesh<T>(options: Parameters<typeof Mesh.start>[0], work: (mesh: Mesh) => Promise<T>): Promise<T> {
  const mesh = await Mesh.start(options);
  try {
    return await work(mesh);
  } finally {
    await mesh.stop();
  }
}

async function grpcFloor(directory: string, times: number): Promise<Latency> {
  const socket = join(directory, "floor.sock");
  const server = new Child("./grpc-floor.ts", ["serve", socket]);
  try {
    await server.ready;
    const client = new Child<number[]>("./grpc-floor.ts", ["ask", socket, String(times)]);
    const roundTrips = await client.answer;
    client.end();
    return latencyOf(roundTrips.slice(times / 10));
  } finally {
    server.end();
  }
}

/** A line of six has thirty processes of services. */
async function thirtyProcesses(directory: string): Promise<number> {
  const startedMs = performance.now();
  return withMesh({ topology: "line:6", seed: 1, directory }, async (mesh) => {
    await mesh.whenReady(READY_LIMIT_MS);
    return (performance.now() - startedMs) / 1000;
  });
}

async function firstPair(directory: string): Promise<number> {
  const startedMs = performance.now();
  return withMesh({ topology: BENCH, seed: 1, directory }, async (mesh) => {
    await mesh.request(ask(1, AWAIT_PAIRS_S));
    return (performance.now() - startedMs) / 1000;
  });
}

async function residentPerNode(directory: string): Promise<number> {
  return withMesh({ topology: BENCH, seed: 1, directory, perNode: true }, async (mesh) => {
    await mesh.request(ask(500, AWAIT_PAIRS_S));
    await sleep(1500); // until every process has reported once more
    const nodes = (await mesh.processes()).filter(({ addresses }) => addresses.length > 1);
    return Math.max(...nodes.map(({ residentBytes = 0 }) => residentBytes)) / 1e6;
  });
}

async function sustained(directory: string, seconds: number) {
  return withMesh({ topology: BENCH, seed: 1, directory }, async (mesh) => {
    await mesh.whenReady(READY_LIMIT_MS);
    // A first request installs the circuit and lets every process compile what it runs.
    await mesh.request(ask(300, AWAIT_PAIRS_S));
    const probes = await Probes.start(mesh, directory, (seconds - 2) * 250);
    const before = await cpuOf(mesh);
    const { table, meshNs } = await mesh.request(ask(1_000_000, seconds));
    const after = await cpuOf(mesh);
    const { ours, bare } = await probes.end();
    await mesh.settle();
    const { verdicts, fidelity } = mesh.account({ ...ends, atQuiescence: true });
    const perPair = [...after].map(([name, ms]) => [name, (ms - (before.get(name) ?? 0)) / table.delivered] as const);
    const statuses = await mesh.processes();
    return {
      nats: mesh.nats.kind,
      seconds: meshNs / 1e9,
      pairsPerSecond: table.delivered / (meshNs / 1e9),
      delivered: fidelity.pairs === 0 ? null : fidelity.sum / fidelity.pairs,
      predicted: table.predictedFidelity ?? null,
      cpuMsPerPair: perPair.reduce((sum, [, ms]) => sum + ms, 0),
      cpuMsPerPairByProcess: Object.fromEntries(perPair),
      feedforward: latencyOf(ours),
      barePublish: latencyOf(bare),
      residentMbPerProcess: Math.max(...statuses.map(({ residentBytes = 0 }) => residentBytes)) / 1e6,
      violations: verdicts.reduce((sum, { violations }) => sum + violations.length, 0),
      verdicts: Object.fromEntries(verdicts.map(({ name, verdict }) => [name, verdict])),
    };
  });
}

/** CPU time so far by process: the services', the bus's, and this one's, which asks and keeps the ledger. */
async function cpuOf(mesh: Mesh): Promise<Map<string, number>> {
  const cpu = new Map<string, number>();
  for (const { name, pid } of await mesh.processes()) cpu.set(name, (pid && cpuMsOf(pid)) || 0);
  const { pid } = mesh.nats;
  if (pid !== undefined) cpu.set("nats", cpuMsOf(pid) ?? 0);
  const { user, system } = process.cpuUsage();
  cpu.set("requester and collector", (user + system) / 1000);
  return cpu;
}

/** Two processes beside the mesh, on its bus, at its ends. */
class Probes {
  readonly #teller: Child<"done">;
  readonly #hearer: Child<{ readonly ours: number[]; readonly bare: number[] }>;

  static async start(mesh: Mesh, directory: string, times: number): Promise<Probes> {
    const probes = new Probes(mesh, directory, times);
    await probes.#teller.ready;
    return probes;
  }

  private constructor(mesh: Mesh, directory: string, times: number) {
    const { from, to } = ends;
    const startNs = process.hrtime.bigint();
    const child = <Answer>(role: string, place: string) =>
      new Child<Answer>("./feedforward-probe.ts", [
        role,
        mesh.topology.name,
        from,
        to,
        mesh.nats.urlOf(place),
        join(directory, `probe-${role}`),
        String(startNs),
        String(times),
      ]);
    this.#hearer = child("hear", to);
    this.#teller = child("tell", from);
  }

  async end(): Promise<{ readonly ours: number[]; readonly bare: number[] }> {
    try {
      await this.#teller.answer;
      this.#hearer.tell("tell");
      return await this.#hearer.answer;
    } finally {
      this.#teller.end();
      this.#hearer.end();
    }
  }
}

function latencyOf(valuesUs: readonly number[]): Latency {
  const sorted = valuesUs.toSorted((a, b) => a - b);
  return { p50Us: quantile(sorted, 0.5), p99Us: quantile(sorted, 0.99) };
}
