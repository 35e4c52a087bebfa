import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { RunningNats } from "@bellmesh/broker";
import { service as clockSync } from "@bellmesh/clock-sync";
import { service as linkLayer } from "@bellmesh/link-layer";
import { type Address, type AnyService, NodeClocks } from "@bellmesh/mesh";
import { MeshProcess, MeshTime } from "@bellmesh/mesh/grpc-nats";
import { service as networkLayer } from "@bellmesh/network-layer";
import { service as nodeController } from "@bellmesh/node-controller";
import { SeededEntropy } from "@bellmesh/numerics";
import { service as physicalLink } from "@bellmesh/physical-link";
import { service as quantumState } from "@bellmesh/quantum-state";
import { classicalDelayNs, loadTopology, nodeNamed, type Topology } from "@bellmesh/topology";
import { subjects } from "@bellmesh/wire";
import { ProcessReport } from "@bellmesh/wire/telemetry";
import { type ConnectionOptions, connect, type NatsConnection } from "nats";
import { pino } from "pino";
import { expect, vi } from "vitest";
import { OBSERVER } from "./broker-of-places.ts";

const SEED = 1;
const patient = { timeout: 30_000 };

/**
 * Real processes' worth of a mesh, in one: nature, one heralding station, and the node of alice. Nobody else is
 * there, so that a test can be anybody else.
 */
export class SmallMesh {
  readonly topology: Topology;
  readonly nats: RunningNats;
  /** What was logged, as JSON. */
  readonly lines: Record<string, unknown>[] = [];
  readonly #directory: string;
  readonly #time = new MeshTime(process.hrtime.bigint(), 1);
  readonly #processes: MeshProcess[] = [];
  /** The latest report of each place. */
  readonly #reports = new Map<string, ProcessReport>();
  #observer: NatsConnection | undefined;

  static async start(nats: (directory: string, topology: Topology) => Promise<RunningNats>): Promise<SmallMesh> {
    const directory = mkdtempSync(join(tmpdir(), "identity-"));
    const topology = loadTopology("examples/topologies/alice-repeater-bob.yaml");
    const mesh = new SmallMesh(directory, topology, await nats(directory, topology));
    try {
      await mesh.#observe();
      await mesh.#start([quantumState], "nature");
      await mesh.#start([physicalLink], "alice-repeater");
      await mesh.#start([clockSync, nodeController, linkLayer, networkLayer], "alice");
      await vi.waitFor(() => expect(mesh.lines.filter(({ msg }) => msg === "started")).toHaveLength(6), patient);
    } catch (error) {
      await mesh.stop();
      throw error;
    }
    return mesh;
  }

  private constructor(directory: string, topology: Topology, nats: RunningNats) {
    this.#directory = directory;
    this.topology = topology;
    this.nats = nats;
  }

  /** The gRPC target of the process of a place. */
  target(place: string): string {
    return `unix:${join(this.#directory, `${place}.sock`)}`;
  }

  /** Mesh time now, for instants of operations. */
  now(): number {
    return this.#time.now();
  }

  /** How a user of the bus connects. */
  natsOf(user: string): ConnectionOptions {
    const url = new URL(this.nats.urlFor(user));
    const [name, password] = [url.username, url.password].map(decodeURIComponent);
    return { servers: url.host, user: name ?? "", pass: password ?? "" };
  }

  /** What the process of a place says of itself next. */
  async report(place: string): Promise<ProcessReport> {
    this.#reports.delete(place);
    await vi.waitFor(() => expect([...this.#reports.keys()]).toContain(place), patient);
    return this.#reports.get(place) as ProcessReport;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.#observer?.close();
    await this.nats.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #observe(): Promise<void> {
    this.#observer = await connect(this.natsOf(OBSERVER));
    this.#observer.subscribe(subjects.telemetryOfAll(this.topology.name), {
      callback: (_error, { data }) => {
        const report = ProcessReport.decode(data);
        this.#reports.set(report.place, report);
      },
    });
    await this.#observer.flush();
  }

  async #start(services: readonly AnyService[], place: string): Promise<void> {
    const { topology } = this;
    const clocks = new NodeClocks(new SeededEntropy(SEED), topology.clock);
    const write = (line: unknown, _encoding: string, done: () => void) => {
      this.lines.push(JSON.parse(String(line)));
      done();
    };
    const process = await MeshProcess.start({
      network: topology.name,
      seed: SEED,
      services: services.map((service) => ({ service, place, config: { topology } })),
      time: this.#time,
      natsUrl: this.nats.urlFor(place),
      stateDir: join(this.#directory, place),
      listen: [this.target(place)],
      targetOf: (address: Address) => this.target(address.slice(address.indexOf("/") + 1)),
      delayNs: (from, to) => classicalDelayNs(topology, from, to),
      clockOf: (of) => (nodeNamed(topology, of) ? clocks.of(of) : undefined),
      log: pino({ base: { place } }, new Writable({ write, decodeStrings: false })),
    });
    this.#processes.push(process);
  }
}
