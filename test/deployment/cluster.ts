import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import type Docker from "dockerode";
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from "testcontainers";
import type { Engine } from "./engine.ts";

type Found = Extract<Engine, { docker: Docker }>;

const PROJECT_LABEL = "com.docker.compose.project";
const SERVICE_LABEL = "com.docker.compose.service";
/** What is left of a run whose process is gone is swept away by the next one. */
const PROJECT_PREFIX = "bellmesh-deployment-";

export interface ClusterOptions {
  readonly directory: string;
  readonly file: string;
  readonly image: string;
  /** Whether the image is to be built first. */
  readonly build: boolean;
  /** Nodes whose doors are published. */
  readonly nodes: readonly string[];
}

/** A mesh in containers, up from its compose file. */
export class Cluster {
  readonly #docker: Docker;
  readonly #project: string;
  readonly #environment: StartedDockerComposeEnvironment;
  readonly #containers: ReadonlyMap<string, Docker.Container>;
  readonly #network: Docker.Network;
  /** Where each node's door is, on this host. */
  readonly doors: ReadonlyMap<string, string>;

  /** Starts it and waits until every container is healthy; on failure nothing of it stays. */
  static async up(engine: Found, options: ClusterOptions, healthyWithinMs: number): Promise<Cluster> {
    // Its reaper is an image that not everybody can get; we sweep by ourselves.
    process.env.TESTCONTAINERS_RYUK_DISABLED = "true";
    const project = `${PROJECT_PREFIX}${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
    const doors = new Map<string, string>();
    const ports: Record<string, string> = {};
    for (const node of options.nodes) {
      const port = await freePort();
      ports[`BELLMESH_PORT_${node.toUpperCase().replaceAll("-", "_")}`] = String(port);
      doors.set(node, `127.0.0.1:${port}`);
    }
    const composed = new DockerComposeEnvironment(options.directory, options.file)
      .withProjectName(project)
      .withClientOptions(engine.compose)
      .withEnvironment({ BELLMESH_IMAGE: options.image, ...ports, ...registry() })
      .withDefaultWaitStrategy(Wait.forHealthCheck())
      .withStartupTimeout(healthyWithinMs);
    const environment = await (options.build ? composed.withBuild() : composed).up();
    try {
      const containers = await containersOf(engine.docker, project);
      const [network] = await engine.docker.listNetworks({ filters: { label: [`${PROJECT_LABEL}=${project}`] } });
      if (network === undefined) throw new Error(`${project} has no network`);
      return new Cluster(engine.docker, project, environment, containers, engine.docker.getNetwork(network.Id), doors);
    } catch (error) {
      await environment.down({ removeVolumes: true, timeout: 0 });
      throw error;
    }
  }

  private constructor(
    docker: Docker,
    project: string,
    environment: StartedDockerComposeEnvironment,
    containers: ReadonlyMap<string, Docker.Container>,
    network: Docker.Network,
    doors: ReadonlyMap<string, string>,
  ) {
    this.#docker = docker;
    this.#project = project;
    this.#environment = environment;
    this.#containers = containers;
    this.#network = network;
    this.doors = doors;
  }

  get services(): readonly string[] {
    return [...this.#containers.keys()];
  }

  container(service: string): Docker.Container {
    const container = this.#containers.get(service);
    if (container === undefined) throw new Error(`no ${service} among ${this.services.join(", ")}`);
    return container;
  }

  /** Takes a container off the network, as if its cable were pulled. */
  async disconnect(service: string): Promise<void> {
    await this.#network.disconnect({ Container: this.container(service).id });
  }

  async connect(service: string): Promise<void> {
    const { id } = this.container(service);
    await this.#network.connect({ Container: id, EndpointConfig: { Aliases: [service] } });
  }

  /** What Docker says of a container: "starting", "healthy", "unhealthy". */
  async health(service: string): Promise<string> {
    const { State } = await this.container(service).inspect();
    return State.Health?.Status ?? "none";
  }

  /** Runs a command in a container. @returns what it wrote on standard output. @throws Error when it fails. */
  async run(service: string, command: readonly string[]): Promise<string> {
    const { id } = this.container(service);
    return execFileSync("docker", ["exec", id, ...command], { encoding: "utf8" });
  }

  /** The last lines of what a container has logged. */
  async logs(service: string, tail: number): Promise<string> {
    const bytes = await this.container(service).logs({ stdout: true, stderr: true, tail });
    return bytes.toString("utf8");
  }

  /** Stops all, as `docker-compose stop` does. @returns the exit code of each, and how long the slowest took. */
  async stop(): Promise<{ exitCodes: ReadonlyMap<string, number>; tookMs: number }> {
    const started = performance.now();
    await this.#environment.stop();
    const tookMs = performance.now() - started;
    const exitCodes = new Map<string, number>();
    for (const [service, container] of this.#containers) {
      exitCodes.set(service, (await container.inspect()).State.ExitCode);
    }
    return { exitCodes, tookMs };
  }

  async down(): Promise<void> {
    for (const container of this.#containers.values()) {
      // Compose of old cannot stop what is paused.
      await container.unpause().catch(() => undefined);
    }
    // Where Docker has lost count of a network's members it refuses to remove it, and compose stops there.
    await this.#environment.down({ removeVolumes: true, timeout: 0 }).catch(() => undefined);
    await remove(this.#docker, (project) => project === this.#project);
  }
}

async function containersOf(docker: Docker, project: string): Promise<Map<string, Docker.Container>> {
  const found = await docker.listContainers({ all: true, filters: { label: [`${PROJECT_LABEL}=${project}`] } });
  return new Map(found.map(({ Id, Labels }) => [Labels[SERVICE_LABEL] ?? "", docker.getContainer(Id)]));
}

/** Removes what runs left behind whose process is gone. */
export async function sweep(docker: Docker): Promise<void> {
  await remove(docker, (project) => {
    const pid = /^bellmesh-deployment-(\d+)-/.exec(project)?.[1];
    return pid !== undefined && !isRunning(Number(pid));
  });
}

async function remove(docker: Docker, isMeant: (project: string) => boolean): Promise<void> {
  const meant = (labels: Readonly<Record<string, string>> | undefined) => isMeant(labels?.[PROJECT_LABEL] ?? "");
  for (const { Id, Labels } of await docker.listContainers({ all: true })) {
    if (meant(Labels)) await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Name, Labels } of (await docker.listVolumes()).Volumes ?? []) {
    if (meant(Labels)) await docker.getVolume(Name).remove();
  }
  for (const { Id, Name, Labels } of await docker.listNetworks()) {
    if (!meant(Labels)) continue;
    const left = (error: Error) => console.warn(`the network ${Name} stays behind: ${error.message}`);
    await docker.getNetwork(Id).remove().catch(left);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The image installs from where npm installs here. */
function registry(): Record<string, string> {
  return { NPM_CONFIG_REGISTRY: execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
