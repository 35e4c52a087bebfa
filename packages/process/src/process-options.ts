import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Address, type AnyService, NodeClocks } from "@bellmesh/mesh";
import { type Hosted, type MeshProcessOptions, MeshTime } from "@bellmesh/mesh/grpc-nats";
import { SeededEntropy } from "@bellmesh/numerics";
import { classicalDelayNs, nodeNamed, scopeOf, type Topology } from "@bellmesh/topology";
import { EnvironmentError } from "./environment-error.ts";
import { anchorOf, type MeshStart, meshStartIn } from "./mesh-start.ts";
import type { ProcessSettings } from "./process-settings.ts";

/** Mesh instants are whole numbers below 2^53; this leaves a run half of them. */
const MESH_TIME_MAX_NS = Number.MAX_SAFE_INTEGER / 2;

/** What of a host's options follows from a topology and a seed: the same in every process of a mesh. */
export function networkOptions(topology: Topology, seed: number) {
  const clocks = new NodeClocks(new SeededEntropy(seed), topology.clock);
  return {
    network: topology.name,
    seed,
    delayNs: (from: string, to: string) => classicalDelayNs(topology, from, to),
    clockOf: (place: string) => (nodeNamed(topology, place) ? clocks.of(place) : undefined),
  };
}

/**
 * The host's options for the services that the settings name.
 * @throws EnvironmentError when the state directory cannot be used, or the mesh began too long ago.
 */
export function processOptions(
  services: readonly AnyService[],
  settings: ProcessSettings,
): Omit<MeshProcessOptions, "log"> {
  const { topology, seed, stateDir, natsUrl, listen, targetOf } = settings;
  checkStateDir(stateDir);
  const start = settings.meshStart ?? meshStartIn(stateDir);
  return {
    ...networkOptions(topology, seed),
    services: settings.addresses.map((address) => hosted(services, address, topology)),
    time: meshTime(start, topology.timeScale),
    natsUrl,
    stateDir,
    listen,
    targetOf,
    ...(settings.allowFaults && { faults: scopeOf(topology) }),
  };
}

/** True mesh time on this machine. @throws EnvironmentError when the mesh began too long ago to be counted. */
export function meshTime(start: MeshStart, timeScale: number): MeshTime {
  const { monotonicNs, uncertaintyNs } = anchorOf(start);
  const time = new MeshTime(monotonicNs, timeScale, uncertaintyNs);
  if (time.now() <= MESH_TIME_MAX_NS) return time;
  const days = Math.floor(time.now() / timeScale / 86_400e9);
  const expected = "begin a new mesh: with another state directory, or with another start";
  throw new EnvironmentError(
    "BELLMESH_MESH_START",
    `the mesh began ${days} days ago, more than can be counted`,
    expected,
  );
}

function hosted(services: readonly AnyService[], address: Address, topology: Topology): Hosted {
  const [name = "", place = ""] = address.split("/");
  const service = services.find((candidate) => candidate.name === name);
  if (!service) throw new Error(`no service ${name} is at hand`);
  return { service, place, config: { topology } };
}

function checkStateDir(directory: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = `${directory} cannot be written (${code})`;
    throw new EnvironmentError("BELLMESH_STATE_DIR", problem, "name a directory that this user may write");
  }
}

/** Parents first, one by one: left to itself, Node tries for ever where none can be made, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
