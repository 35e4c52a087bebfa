import type { Address } from "@bellmesh/mesh";
import { deployment, loadTopology, nearest, type Topology } from "@bellmesh/topology";
import { EnvironmentError } from "./environment-error.ts";
import { grpcAddress } from "./grpc-address.ts";
import { type MeshStart, parseMeshStart } from "./mesh-start.ts";

/** The environment of a process, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment asks a process to be. */
export interface ProcessSettings {
  readonly topology: Topology;
  /** What it hosts, in the order of the deployment. */
  readonly addresses: readonly Address[];
  readonly meshStart: MeshStart | undefined;
  readonly seed: number;
  readonly stateDir: string;
  readonly natsUrl: string;
  readonly listen: readonly string[];
  readonly targetOf: (address: Address) => string;
  readonly logLevel: string;
  /** Faults may be injected into it. */
  readonly allowFaults: boolean;
}

const ALL = "all";
const SEED_DEFAULT = 1;
const PORT_MAX = 65_535;
const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/**
 * Reads the environment of a process.
 * @param services those whose code is at hand
 * @throws EnvironmentError for the first variable that is missing or wrong.
 */
export function processSettings(services: readonly string[], env: Environment): ProcessSettings {
  const topology = topologyOf(env);
  const addresses = addressesOf(services, topology, env);
  return {
    topology,
    addresses,
    meshStart: meshStartOf(env),
    seed: seedOf(env),
    stateDir: required(env, "BELLMESH_STATE_DIR", "name the directory where this mesh keeps what must survive a crash"),
    natsUrl: natsUrlOf(env),
    listen: listenOf(env, addresses),
    targetOf: targetsOf(env),
    logLevel: logLevelOf(env),
    allowFaults: allowFaultsOf(env),
  };
}

function required(env: Environment, variable: string, expected: string): string {
  const value = env[variable]?.trim();
  if (value === undefined || value === "") throw new EnvironmentError(variable, "it is not set", expected);
  return value;
}

function topologyOf(env: Environment): Topology {
  const source = required(env, "BELLMESH_TOPOLOGY", "name a topology file, or a preset such as line:9");
  return loadTopology(source);
}

function addressesOf(services: readonly string[], topology: Topology, env: Environment): readonly Address[] {
  const deployed = deployment(topology);
  const named = wordsOf(env.BELLMESH_SERVICE ?? ALL).flatMap((name) => (name === ALL ? services : [name]));
  for (const name of named) {
    if (services.includes(name)) continue;
    const known = deployed.some(({ service }) => service === name);
    const problem = known
      ? `this program does not hold ${JSON.stringify(name)}`
      : `there is no ${JSON.stringify(name)}`;
    throw new EnvironmentError("BELLMESH_SERVICE", problem, suggestion(name, [...services]));
  }
  const asked = required(env, "BELLMESH_NODE", `name ${placesText(named, topology)}`);
  const places = wordsOf(asked);
  for (const place of places) {
    for (const service of named) {
      if (deployed.some((one) => one.service === service && one.place === place)) continue;
      const right = deployed.filter((one) => one.service === service).map((one) => one.place);
      const problem = `${topology.name} has no ${service} at ${JSON.stringify(place)}`;
      throw new EnvironmentError("BELLMESH_NODE", problem, suggestion(place, right));
    }
  }
  const chosen = deployed.filter(({ service, place }) => named.includes(service) && places.includes(place));
  return chosen.map(({ address }) => address);
}

/** Where these services may stand. */
function placesText(services: readonly string[], topology: Topology): string {
  const places = deployment(topology).filter(({ service }) => services.includes(service));
  return listed([...new Set(places.map(({ place }) => place))]);
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `it is ${listed(known)}` : `did you mean ${near}?`;
}

const NAMES_LISTED_MAX = 12;

function listed(names: readonly string[]): string {
  const few = names.slice(0, NAMES_LISTED_MAX).join(", ");
  if (names.length === 1) return few;
  return names.length > NAMES_LISTED_MAX
    ? `one of ${few}, and ${names.length - NAMES_LISTED_MAX} more`
    : `one of ${few}`;
}

function wordsOf(list: string): string[] {
  return list
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function meshStartOf(env: Environment): MeshStart | undefined {
  const text = env.BELLMESH_MESH_START?.trim();
  if (text === undefined || text === "") return undefined;
  const start = parseMeshStart(text);
  if (start) return start;
  const expected = 'give "<unix ns>" or "<unix ns>,<monotonic ns>,<boot id>", or leave it out';
  throw new EnvironmentError("BELLMESH_MESH_START", `${JSON.stringify(text)} is no instant`, expected);
}

function seedOf(env: Environment): number {
  const text = env.BELLMESH_SEED?.trim();
  if (text === undefined || text === "") return SEED_DEFAULT;
  const seed = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seed)) return seed;
  const expected = "give a whole number from 0, the same to every process of the mesh";
  throw new EnvironmentError("BELLMESH_SEED", `${JSON.stringify(text)} is no seed`, expected);
}

function natsUrlOf(env: Environment): string {
  const expected = "give it as in nats://alice:password@127.0.0.1:4222";
  const text = required(env, "NATS_URL", expected);
  const url = URL.parse(text);
  if (url && url.hostname !== "" && ["nats:", "tls:"].includes(url.protocol)) return text;
  // It may hold a password, which belongs in no log.
  throw new EnvironmentError("NATS_URL", "it is no address of a NATS server", expected);
}

function listenOf(env: Environment, addresses: readonly Address[]): readonly string[] {
  const expected = 'give addresses such as "unix:/run/lab/{service}.{place}.sock" or "0.0.0.0:50051"';
  const templates = wordsOf(required(env, "BELLMESH_LISTEN", expected));
  for (const template of templates) {
    const isSocket = /^unix:\/./.test(template);
    const [, port] = /^(?:\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i.exec(template) ?? [];
    if (isSocket || (port !== undefined && Number(port) <= PORT_MAX)) continue;
    throw new EnvironmentError("BELLMESH_LISTEN", `${JSON.stringify(template)} is no address`, expected);
  }
  const filled = templates.flatMap((template) => addresses.map((address) => addressFrom(template, address)));
  return [...new Set(filled)];
}

function addressFrom(template: string, address: Address): string {
  try {
    return grpcAddress(template, address);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const [problem = "", expected = ""] = error.message.split("; ");
    throw new EnvironmentError("BELLMESH_LISTEN", problem, expected);
  }
}

function targetsOf(env: Environment): (address: Address) => string {
  const expected = 'give the addresses of peers as in "unix:/run/lab/{service}.{place}.sock" or "dns:///{place}:50051"';
  const template = required(env, "BELLMESH_TARGETS", expected);
  if (template.includes("{place}")) return (address) => grpcAddress(template, address);
  const problem = `${JSON.stringify(template)} gives every place the same address`;
  throw new EnvironmentError("BELLMESH_TARGETS", problem, expected);
}

function logLevelOf(env: Environment): string {
  const level = env.BELLMESH_LOG_LEVEL?.trim() || "info";
  if (logLevels.includes(level)) return level;
  throw new EnvironmentError("BELLMESH_LOG_LEVEL", `${JSON.stringify(level)} is none`, suggestion(level, logLevels));
}

function allowFaultsOf(env: Environment): boolean {
  const text = env.BELLMESH_ALLOW_FAULTS?.trim() ?? "";
  if (text === "" || text === "0") return false;
  if (text === "1") return true;
  throw new EnvironmentError("BELLMESH_ALLOW_FAULTS", `${JSON.stringify(text)} is neither`, "give 1, or leave it out");
}
