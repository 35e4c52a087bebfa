import type { Topology } from "@bellmesh/topology";
import { parse, stringify } from "yaml";
import { BUS_PORT, busConfiguration, MONITOR_PORT } from "./compose-bus.ts";
import { BUS, type Container, containersOf, targetsOf } from "./compose-containers.ts";

export interface ComposeOptions {
  readonly topology: Topology;
  /** Where it came from: a preset such as `line:9`, or the text of its file. */
  readonly source: string;
  /** The command that writes this file, for its first lines. */
  readonly command: string;
  /** One container per node, with its four services in one process. */
  readonly perNode: boolean;
}

/** A compose file and what somebody who runs it wants to know. */
export interface ComposeFile {
  readonly text: string;
  readonly containers: readonly string[];
  /** Where applications reach a node's node-controller: the port on the host, and the variable that moves it. */
  readonly doors: readonly { readonly node: string; readonly port: number; readonly variable: string }[];
  /** Variables that hold the bus password of each place; what stands in the file for them is no secret. */
  readonly passwords: readonly string[];
}

/** Every container listens here. */
const PORT = 50051;
/** Published ports count from here, in the order of the nodes. */
const DOOR_PORT = 50051;
/** What a process keeps: stores, journals, the ledger, and the instant when the mesh started. */
const STATE = "/var/lib/bellmesh";
/** The kernel takes no longer string into an environment (MAX_ARG_STRLEN of Linux: 32 pages). */
const ENVIRONMENT_VALUE_MAX = 120_000;

/**
 * Writes the compose file of a topology, in what docker-compose 1.29 and Compose v2 both read. It stands alone: the
 * topology and the configuration of the bus are in it, so it runs on an engine that sees no files of ours.
 * @throws TopologyError for names that make no DNS names. Error when the topology is too large to be passed on.
 */
export function composeFile(options: ComposeOptions): ComposeFile {
  const { topology, perNode } = options;
  const containers = containersOf(topology, perNode);
  const places = [...new Set(containers.map(({ place }) => place))];
  const doors = containers
    .filter(({ isDoor }) => isDoor)
    .map(({ place }, index) => ({ node: place, port: DOOR_PORT + index, variable: variableOf("PORT", place) }));
  const portOf = new Map(doors.map((door) => [door.node, door]));
  const text = [
    header(options, doors),
    shared(options, containers.length),
    "services:",
    bus(topology, places),
    ...containers.map((container, index) => {
      const door = container.isDoor ? portOf.get(container.place) : undefined;
      return service(container, index === 0, door && `127.0.0.1:\${${door.variable}:-${door.port}}:${PORT}`);
    }),
    "volumes:\n  state:\n",
  ].join("\n");
  return { text, containers: containers.map(({ name }) => name), doors, passwords: places.map(passwordVariable) };
}

/** The variable that holds the password with which a place logs in to the bus. */
function passwordVariable(place: string): string {
  return variableOf("BUS_PASSWORD", place);
}

/** Names of places are of lower-case letters, digits and hyphens, so no two make one variable. */
function variableOf(kind: string, place: string): string {
  return `BELLMESH_${kind}_${place.toUpperCase().replaceAll("-", "_")}`;
}

function password(place: string): string {
  return `\${${passwordVariable(place)}:-${place}}`;
}

function header({ command, perNode }: ComposeOptions, doors: ComposeFile["doors"]): string {
  const reached = doors.slice(0, 3).map(({ node, port }) => `${node} at 127.0.0.1:${port}`);
  const each = perNode ? "one container per node and link" : "one container per service";
  return `# A mesh in containers: the bus, ${each}, and the collector of the ledger.
# Written by \`${command}\`; do not edit it, write it anew.
#
#   docker-compose up --build --detach     or: docker compose up --build --detach
#   docker-compose ps                      healthy: its services are serving
#   docker-compose down                    --volumes forgets what was stored, too
#
# Applications reach ${reached.join(", ")}${doors.length > 3 ? " and so on" : ""};
# BELLMESH_PORT_<NODE> gives another port. The bus is reached only from within; BELLMESH_BUS_PASSWORD_<PLACE>, in .env
# beside this file, makes its passwords secret.
version: "2.4"
`;
}

/** What all processes have in common. */
function shared({ source, topology, perNode }: ComposeOptions, containers: number): string {
  return `x-process: &process
  image: \${BELLMESH_IMAGE:-bellmesh}
  depends_on:
    ${BUS}: {condition: service_healthy}
  volumes: ["state:${STATE}"]
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  restart: unless-stopped
  stop_grace_period: 10s
  healthcheck:
    test: [CMD, /app/packages/emulation/container/health.sh]
    interval: ${healthIntervalS(containers)}s
    timeout: 5s
    retries: 2
    start_period: 30s
  logging: &logging
    driver: json-file
    options: {max-size: 10m, max-file: "3"}

x-environment: &environment
  BELLMESH_LISTEN: 0.0.0.0:${PORT}
  BELLMESH_TARGETS: ${targetsOf(perNode, PORT)}
  BELLMESH_STATE_DIR: ${STATE}
  BELLMESH_SEED: \${BELLMESH_SEED:-1}
  BELLMESH_ALLOW_FAULTS: \${BELLMESH_ALLOW_FAULTS:-0}
  BELLMESH_TOPOLOGY: ${topologyValue(source, topology)}
`;
}

/** A check costs 50 ms of a processor, most of it the engine's: at most four a second, however many containers. */
function healthIntervalS(containers: number): number {
  return Math.max(5, Math.ceil(containers / 4));
}

/** A preset is named; a file goes along, without its comments. */
function topologyValue(source: string, topology: Topology): string {
  if (!source.includes("\n")) return source;
  const text = stringify(parse(source), { aliasDuplicateObjects: false });
  if (Buffer.byteLength(text) > ENVIRONMENT_VALUE_MAX) {
    const size = `${Buffer.byteLength(text)} bytes; an environment holds at most ${ENVIRONMENT_VALUE_MAX}`;
    throw new Error(`the topology ${topology.name} has ${size}: give what nodes and links share in its defaults`);
  }
  return block(text, 4);
}

function bus(topology: Topology, places: readonly string[]): string {
  return `  ${BUS}:
    image: \${NATS_IMAGE:-nats:2.9-alpine}
    entrypoint: [/bin/sh, -c]
    # The configuration comes in the environment, so that no file has to be mounted.
    command: ['printf %s "$$NATS_CONFIG" > /tmp/nats.conf && exec nats-server -c /tmp/nats.conf']
    environment:
      NATS_CONFIG: ${block(busConfiguration(topology.name, places, password), 8)}
    user: "1000:1000"
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    # On SIGTERM it would stop as well, and call that a failure.
    stop_signal: SIGINT
    stop_grace_period: 10s
    healthcheck:
      test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:${MONITOR_PORT}/healthz"]
      interval: 2s
      timeout: 5s
      retries: 3
    logging: *logging
`;
}

/** One service; the first of them says how the image is made, for all. */
function service({ name, entry, service, place }: Container, first: boolean, published: string | undefined): string {
  const build = "    build: {context: ., args: [NPM_CONFIG_REGISTRY]}\n";
  return `  ${name}:
    <<: *process
${first ? build : ""}    entrypoint: [node, ${entry}]
    environment:
      <<: *environment
      BELLMESH_SERVICE: ${service}
      BELLMESH_NODE: ${place}
      NATS_URL: nats://${place}:${password(place)}@${BUS}:${BUS_PORT}
${published === undefined ? "" : `    ports: ["${published}"]\n`}`;
}

/** A text of several lines as a literal of YAML, at this depth. */
function block(text: string, depth: number): string {
  const indent = " ".repeat(depth);
  const lines = text.trimEnd().split("\n");
  return ["|", ...lines.map((line) => (line === "" ? "" : `${indent}${line}`))].join("\n");
}
