import type { Command } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** Options that stand for a variable of the environment. */
const variables: Readonly<Record<string, string>> = {
  topology: "BELLMESH_TOPOLOGY",
  service: "BELLMESH_SERVICE",
  node: "BELLMESH_NODE",
  seed: "BELLMESH_SEED",
  "mesh-start": "BELLMESH_MESH_START",
  "state-dir": "BELLMESH_STATE_DIR",
  listen: "BELLMESH_LISTEN",
  targets: "BELLMESH_TARGETS",
  nats: "NATS_URL",
};

const ALL = "all";
const services = [
  ...["quantum-state", "physical-link"],
  ...["clock-sync", "node-controller", "link-layer", "network-layer"],
];

/** `bellmesh serve`: one process of a mesh, in the foreground. */
export const serve: Command = {
  name: "serve",
  summary: "run one process of a mesh in the foreground",
  description:
    "Runs one service, or with --service all the four of a node, as a process of a mesh. What is not given as an\n" +
    "option is taken from the environment: BELLMESH_TOPOLOGY, BELLMESH_SERVICE, BELLMESH_NODE, BELLMESH_SEED,\n" +
    "BELLMESH_MESH_START, BELLMESH_STATE_DIR, BELLMESH_LISTEN, BELLMESH_TARGETS and NATS_URL. Logs go to standard\n" +
    "output, a JSON object per line. It ends on Ctrl-C.",
  positionals: [],
  options: {
    service: { value: "SERVICE", summary: `${services.join(", ")}, or ${ALL} four of a node` },
    node: { value: "PLACE", summary: "the node, the link, or nature; a comma list for several" },
    topology: { value: "TOPOLOGY", summary: "a topology file, or a preset: line:9, ring:6, star:5, grid:3x3" },
    nats: { value: "URL", summary: "the bus, as in nats://alice:password@127.0.0.1:4222" },
    listen: { value: "ADDRESSES", summary: "gRPC addresses: unix:/run/lab/{service}.{place}.sock, 127.0.0.1:50051" },
    targets: {
      value: "TEMPLATE",
      summary: "where peers are: unix:/run/lab/{service}.{place}.sock, dns:///{place}:50051",
    },
    "state-dir": { value: "DIRECTORY", summary: "what must survive a crash" },
    "mesh-start": { value: "START", summary: "when the mesh began (default: the state directory's)" },
    seed: { value: "S", summary: "the seed of all chance, the same for the whole mesh (default: 1)" },
    "allow-faults": { summary: "let faults be injected into it, by whoever calls it in the name of nature" },
  },
  examples: [
    "bellmesh serve --service all --node n0 --topology line:2 --nats nats://127.0.0.1:4222 --state-dir /tmp/lab " +
      "--listen unix:/tmp/lab-{place}.sock --targets unix:/tmp/lab-{place}.sock",
  ],
  async run(given) {
    for (const [option, variable] of Object.entries(variables)) {
      const value = given.text(option);
      if (value !== undefined) process.env[variable] = value;
    }
    if (given.has("allow-faults")) process.env.BELLMESH_ALLOW_FAULTS = "1";
    const service = process.env.BELLMESH_SERVICE;
    const expected = `write --service ${ALL}, or one of ${services.join(", ")}`;
    if (!service) throw new UsageError("no service is given", expected);
    if (service !== ALL && !services.includes(service)) {
      throw new UsageError(`there is no service ${JSON.stringify(service)}`, expected);
    }
    await import(service === ALL ? "@bellmesh/node/main" : `@bellmesh/${service}/main`);
    // The process goes on serving; how it ends, it says itself.
    return new Promise<number>(() => undefined);
  },
};
