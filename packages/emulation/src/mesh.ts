import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "@bellmesh/mesh";
import { mergedHistogram, NatsBus } from "@bellmesh/mesh/grpc-nats";
import { grpcAddress, meshStartIn, meshStartText, meshTime, socketPath } from "@bellmesh/process";
import { deployment, loadTopology, standaloneTopology, type Topology } from "@bellmesh/topology";
import type { Histogram } from "@bellmesh/wire/telemetry";
import { pino } from "pino";
import { Collector } from "./collector.ts";
import { ControlServer } from "./control.ts";
import { FidelityOfEnds } from "./fidelity-of-ends.ts";
import type { AccountQuery, MeshAccount } from "./mesh-account.ts";
import { connectionOf, MESH_FILE, type MeshConnection, type MeshRecord } from "./mesh-connection.ts";
import { COLLECTOR, MeshNats, type NatsChoice } from "./mesh-nats.ts";
import { MeshProcesses } from "./mesh-processes.ts";
import { type Ask, type RequestOptions, type RequestOutcome, requestPairs } from "./mesh-request.ts";
import type { MeshStatus, ProcessStatus } from "./mesh-status.ts";
import { OrphanGuard } from "./orphan-guard.ts";
import { processCpuMs } from "./process-cpu.ts";
import { deployedProcesses, processPlans, socketTemplate } from "./process-plan.ts";
import { ProcessReports } from "./process-reports.ts";
import { RunDirectory, runBase } from "./run-directory.ts";
import { RunFaults } from "./run-faults.ts";
import { settled } from "./settled.ts";
import type { SupervisedProcess } from "./supervised-process.ts";
import { compileCacheOf, warmCompileCache } from "./warm-compile-cache.ts";

/** What to run and how. */
export interface MeshOptions {
  /** A topology file, a preset such as line:9, or the text of a topology. */
  readonly topology: string;
  readonly seed: number;
  /** One process per node that holds its four services, instead of one per service. */
  readonly perNode?: boolean;
  /** Faults may be injected into it. */
  readonly allowFaults?: boolean;
  readonly nats?: NatsChoice;
  /** Where to look for a nats-server besides the usual places, as the environment's PATH says. */
  readonly searchPath?: string;
  /** By which other programs find it; by default one that no other mesh has. */
  readonly name?: string;
  /** The folder in which run directories of meshes stand. */
  readonly directory?: string;
  /** Where Node keeps what it compiles, for whatever runs there; by default in that folder, for all meshes of it. */
  readonly compileCache?: string | undefined;
  /** The TCP port of the first node-controller, the others follow; by default any that are free. */
  readonly port?: number;
  /** Where to write the ledger. */
  readonly ledgerFile?: string;
  /** Keeps the logs when it has stopped. */
  readonly keepLogs?: boolean;
  readonly logLevel?: string;
  /** The state of a process has changed. */
  readonly onChange?: () => void;
  /** Another program wants the mesh to stop. */
  readonly onStopAsked?: () => void;
}

const NOTHING: Histogram = { count: 0, sum: 0, max: 0, buckets: [] };
const REPORT_LIMIT_MS = 2500;
let unnamed = 0;

/** A deployment as processes of this machine, run and watched by this one; they end with it. */
export class Mesh {
  readonly topology: Topology;
  readonly directory: RunDirectory;
  readonly nats: MeshNats;
  readonly connection: MeshConnection;
  readonly collector: Collector;
  readonly reports = new ProcessReports();
  readonly faults: RunFaults;
  readonly #options: MeshOptions;
  readonly #processes: MeshProcesses;
  readonly #guard: OrphanGuard;
  readonly #bus: NatsBus;
  readonly #fidelity = new FidelityOfEnds();
  readonly #startedMs = performance.now();
  /** Whoever looks for what went wrong looks there. */
  #keepLogs: boolean;
  #control: ControlServer | undefined;
  #stopped: Promise<void> | undefined;

  /**
   * Starts every process of a topology; they find one another in any order.
   * @throws EmulationError or TopologyError when it cannot be run as asked.
   */
  static async start(options: MeshOptions): Promise<Mesh> {
    const topology = loadTopology(options.topology);
    unnamed += 1;
    const name = options.name ?? `${topology.name.slice(0, 40)}-${process.pid}-${unnamed}`;
    const directory = new RunDirectory(options.directory ?? runBase(undefined), name);
    directory.claim();
    const guard = new OrphanGuard(directory.pids);
    let nats: MeshNats | undefined;
    try {
      const places = [...new Set(deployment(topology).map(({ place }) => place))];
      const { nats: choice = "auto", searchPath } = options;
      const network = topology.name;
      nats = await MeshNats.start({ choice, network, places, directory: directory.nats, guard, searchPath });
      await warmCompileCache(compileCacheOf(directory, options.compileCache));
      const mesh = new Mesh(options, directory, guard, nats);
      await mesh.#begin();
      return mesh;
    } catch (error) {
      await nats?.stop();
      guard.close();
      directory.release(false);
      throw error;
    }
  }

  private constructor(options: MeshOptions, directory: RunDirectory, guard: OrphanGuard, nats: MeshNats) {
    this.#options = options;
    this.#keepLogs = options.keepLogs ?? false;
    this.directory = directory;
    this.nats = nats;
    this.#guard = guard;
    const record = this.#record();
    this.connection = connectionOf(record);
    this.topology = this.connection.topology;
    const log = pino(
      { name: "collector" },
      pino.destination({ dest: join(directory.logs, "collector.log"), sync: true }),
    );
    const quiet = () => undefined;
    this.#bus = NatsBus.open({ url: nats.urlOf(COLLECTOR), name: COLLECTOR, log, onUp: quiet, onDown: quiet });
    this.collector = new Collector({
      bus: this.#bus,
      topology: this.topology,
      seed: options.seed,
      log,
      waitsFor: deployedProcesses(this.topology),
      ...(options.ledgerFile !== undefined && { file: options.ledgerFile }),
      onEvent: (event) => this.#fidelity.observe(event),
      onReport: (report) => this.reports.take(report),
    });
    this.#processes = new MeshProcesses({
      plans: processPlans(this.topology, options.perNode ?? false),
      targets: record.targets,
      environment: {
        BELLMESH_TOPOLOGY: record.topology,
        BELLMESH_SEED: String(record.seed),
        BELLMESH_MESH_START: record.meshStart,
        BELLMESH_STATE_DIR: directory.state,
        BELLMESH_LOG_LEVEL: options.logLevel ?? "info",
        BELLMESH_ALLOW_FAULTS: options.allowFaults ? "1" : "0",
        NODE_COMPILE_CACHE: compileCacheOf(directory, options.compileCache),
      },
      natsUrlOf: (place) => nats.urlOf(place),
      logs: directory.logs,
      port: options.port,
      guard,
      onChange: () => options.onChange?.(),
    });
    this.faults = new RunFaults({
      isAllowed: options.allowFaults ?? false,
      connection: this.connection,
      processes: this.#processes,
      state: directory.state,
      record: (event) => this.collector.note(event),
      log,
    });
  }

  get name(): string {
    return this.directory.name;
  }

  /** How every process is. */
  async processes(): Promise<readonly ProcessStatus[]> {
    return Promise.all(this.#processes.all.map((process) => this.#statusOf(process)));
  }

  /** How the mesh is. */
  async status(): Promise<MeshStatus> {
    return {
      name: this.name,
      pid: process.pid,
      network: this.topology.name,
      seed: this.#options.seed,
      upMs: Math.round(performance.now() - this.#startedMs),
      nats: { kind: this.nats.kind, up: this.#bus.up },
      directory: this.directory.path,
      processes: await this.processes(),
      untrusted: this.collector.books.readership.clockCosts.untrusted(),
      calibrated: this.collector.books.readership.calibrated.all(),
    };
  }

  /** The process that runs a service; undefined while it does not run. */
  pid(address: Address): number | undefined {
    return this.#processes.of(address).pid;
  }

  /** Ends a process without a word; it is started again. */
  kill(address: Address, signal: NodeJS.Signals = "SIGKILL"): void {
    this.#processes.of(address).signal(signal);
  }

  /** Makes a process stand still. */
  pause(address: Address): void {
    this.#processes.of(address).signal("SIGSTOP");
  }

  resume(address: Address): void {
    this.#processes.of(address).signal("SIGCONT");
  }

  /** Waits until every service is ready. @throws EmulationError saying which are not, and why. */
  async whenReady(limitMs: number): Promise<void> {
    await this.#processes.whenReady(limitMs).catch((error: unknown) => {
      this.#keepLogs = true;
      throw error;
    });
  }

  /** Asks for pairs and waits until the request has ended. */
  request(ask: Ask, options: RequestOptions = {}): Promise<RequestOutcome> {
    return requestPairs(this.connection, ask, options);
  }

  /**
   * Waits until nothing is under way any more: every pair has come to its end, and the ledger tells it all.
   * @returns false when that took longer than it ever should.
   */
  settle(): Promise<boolean> {
    const { meshStart, topology } = this.connection;
    return settled(this.collector, topology, meshTime(meshStart, topology.timeScale));
  }

  /** Waits until every process that runs has reported how it is now, or might have. */
  async reported(): Promise<void> {
    const running = this.#processes.all.flatMap(({ phase, pid }) => (phase === "serving" && pid ? [pid] : []));
    await this.reports.fresh(running, REPORT_LIMIT_MS);
  }

  /** What has been done so far. */
  account({ from, to, atQuiescence }: AccountQuery): MeshAccount {
    const { books } = this.collector;
    const reports = this.reports.all();
    return {
      ledger: { events: books.ledger.events, sha256: books.ledger.sha256() },
      verdicts: this.collector.verdicts(atQuiescence),
      emulatorLimits: books.readership.emulatorLimits,
      fidelity: this.#fidelity.between(from, to),
      clocks: books.readership.clockCosts.report(),
      cpuMs: reports.reduce((sum, { pid, cpuUs }) => sum + (processCpuMs(pid) ?? cpuUs / 1000), this.nats.cpuMs()),
      inputs: reports.reduce((sum, { inputs }) => sum + inputs, 0),
      messages: {
        messageExcess: mergedHistogram(reports.map(({ messageExcess = NOTHING }) => messageExcess)),
        messageOneWay: mergedHistogram(reports.map(({ messageOneWay = NOTHING }) => messageOneWay)),
      },
    };
  }

  /** Ends the processes, which say their last, and the ledger; the rest is left for `stop`. */
  async end(): Promise<void> {
    await this.#processes.stop();
    // Last reports and events are on their way.
    await this.#bus.flush().catch(() => undefined);
  }

  /** Ends everything, within ten seconds. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #begin(): Promise<void> {
    this.#processes.start();
    this.#control = await ControlServer.listen(this.connection.control, {
      "/status": () => this.status(),
      "/stop": () => {
        const { onStopAsked } = this.#options;
        if (!onStopAsked) throw new Error("the program that runs this mesh stops it by itself");
        onStopAsked();
      },
      "/settle": () => this.settle(),
      "/faults/inject": (query) => this.faults.inject(JSON.parse(query.get("entry") ?? "null")),
      "/faults/list": () => this.faults.list(),
      "/faults/clear": (query) => this.faults.clear(JSON.parse(query.get("entry") ?? "null") ?? undefined),
      "/account": async (query) => {
        await this.reported();
        return this.account(JSON.parse(query.get("of") ?? "{}") as AccountQuery);
      },
    });
  }

  async #stop(): Promise<void> {
    await this.end();
    this.faults.close();
    this.collector.close(false);
    await this.#control?.close();
    await this.#bus.close();
    await this.nats.stop();
    this.#guard.close();
    this.directory.release(this.#keepLogs);
  }

  /** Notes how other programs find the mesh. */
  #record(): MeshRecord {
    const { directory, nats } = this;
    const { seed, perNode = false } = this.#options;
    const topology = keptTopology(this.#options.topology, directory);
    const targets = socketTemplate(directory.sockets, perNode);
    // Whether the directory leaves room for the names of sockets shows before anything is started.
    grpcAddress(targets, "quantum-state/nature");
    const record: MeshRecord = {
      name: directory.name,
      pid: process.pid,
      topology,
      seed,
      meshStart: meshStartText(meshStartIn(directory.state)),
      nats: { kind: nats.kind, urls: nats.urls },
      targets,
      processes: processPlans(loadTopology(topology), perNode).length,
      control: socketPath(join(directory.sockets, "supervisor")),
    };
    writeFileSync(directory.file(MESH_FILE), JSON.stringify(record), { mode: 0o600 });
    return record;
  }

  async #statusOf(process: SupervisedProcess): Promise<ProcessStatus> {
    const { plan, pid, phase, starts, ports, exitReason } = process;
    const doubt = await this.#processes.doubt(process);
    const [service = ""] = plan.addresses.map((address) => address.slice(0, address.indexOf("/")));
    const report = this.reports.of(service, plan.place);
    const isOfThis = report !== undefined && report.pid === pid;
    return {
      name: plan.name,
      addresses: plan.addresses,
      pid,
      phase,
      incarnation: isOfThis ? report.incarnation : starts,
      ready: doubt === "",
      reason: doubt !== "" && isOfThis && phase === "serving" && report.reason !== "" ? report.reason : doubt,
      residentBytes: isOfThis ? report.residentBytes : undefined,
      cpuMs: isOfThis ? Math.round(report.cpuUs / 1000) : undefined,
      ports,
      exitReason,
    };
  }
}

/** The topology as it is now, for processes that start later too: its file may change meanwhile. */
function keptTopology(source: string, directory: RunDirectory): string {
  const text = standaloneTopology(source);
  if (!text.includes("\n")) return text;
  const kept = directory.file("topology.yaml");
  writeFileSync(kept, text);
  return kept;
}
