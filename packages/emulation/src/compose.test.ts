import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadTopology, parseTopology, TopologyError } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { composeFile } from "./compose.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const example = "examples/topologies/alice-repeater-bob.yaml";

function fileOf(source: string, perNode = false) {
  return composeFile({ topology: loadTopology(source), source, command: "bellmesh compose", perNode });
}

interface Service {
  entrypoint: string[];
  environment: Record<string, string>;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
}

function servicesOf(text: string): Record<string, Service> {
  return parse(text, { merge: true }).services;
}

test("docker-compose.yml at the root is what compose writes for alice-repeater-bob", () => {
  const source = readFileSync(`${root}/${example}`, "utf8");
  const command = `bellmesh compose --topology ${example}`;
  const { text } = composeFile({ topology: loadTopology(source), source, command, perNode: false });
  expect(readFileSync(`${root}/docker-compose.yml`, "utf8")).toBe(text);
});

describe("A compose file", () => {
  const { text, containers, doors, passwords } = fileOf("line:3");
  const services = servicesOf(text);

  test("has the bus, a container per service and place, and the collector", () => {
    expect(Object.keys(services)).toEqual(["nats", ...containers]);
    expect(containers).toHaveLength(1 + 2 + 3 * 4 + 1);
    expect(containers).toContain("link-layer-n1");
    expect(containers).toContain("physical-link-n0-n1");
    expect(containers).toContain("quantum-state-nature");
    expect(containers.at(-1)).toBe("collector");
  });

  test("starts programs that are there", () => {
    for (const name of containers) {
      const [node, entry = ""] = services[name]?.entrypoint ?? [];
      expect(node).toBe("node");
      expect(readFileSync(`${root}/${entry}`, "utf8"), entry).not.toBe("");
    }
  });

  test("waits for the bus alone", () => {
    for (const name of containers) expect(Object.keys(services[name]?.depends_on ?? {})).toEqual(["nats"]);
    expect(services.nats?.depends_on).toBeUndefined();
  });

  test("tells every process who it is, and what the mesh is", () => {
    expect(services["clock-sync-n2"]?.environment).toMatchObject({
      BELLMESH_TOPOLOGY: "line:3",
      BELLMESH_SERVICE: "clock-sync",
      BELLMESH_NODE: "n2",
      BELLMESH_LISTEN: "0.0.0.0:50051",
      BELLMESH_TARGETS: "dns:///{service}-{place}:50051",
      NATS_URL: `nats://n2:\${BELLMESH_BUS_PASSWORD_N2:-n2}@nats:4222`,
    });
  });

  test("publishes the node-controllers on the host itself only, and nothing else", () => {
    expect(doors.map(({ node, port }) => `${node} ${port}`)).toEqual(["n0 50051", "n1 50052", "n2 50053"]);
    const published = Object.entries(services).flatMap(([name, { ports }]) => (ports ? [[name, ...ports]] : []));
    expect(published).toEqual(
      doors.map(({ node, port, variable }) => [`node-controller-${node}`, `127.0.0.1:\${${variable}:-${port}}:50051`]),
    );
  });

  test("gives every place a password of its own, which the bus knows", () => {
    const configuration = services.nats?.environment.NATS_CONFIG ?? "";
    expect(passwords).toHaveLength(1 + 2 + 3 + 1);
    for (const variable of passwords) expect(configuration).toContain(`\${${variable}:-`);
  });

  test("carries the topology of a file within it, so that no file has to be mounted", () => {
    const source = readFileSync(`${root}/${example}`, "utf8");
    const carried = servicesOf(fileOf(source).text)["link-layer-bob"]?.environment.BELLMESH_TOPOLOGY ?? "";
    expect(parseTopology(carried, "carried")).toEqual(parseTopology(source, example));
  });
});

describe("With one container per node", () => {
  const { text, containers, doors } = fileOf("line:3", true);
  const services = servicesOf(text);

  test("a node's services share a process, and peers find it by the node's name", () => {
    expect(containers).toEqual(["nature", "n0-n1", "n1-n2", "n0", "n1", "n2", "collector"]);
    expect(services.n1?.entrypoint).toEqual(["node", "services/node/src/main.ts"]);
    expect(services.n1?.environment).toMatchObject({
      BELLMESH_SERVICE: "all",
      BELLMESH_TARGETS: "dns:///{place}:50051",
    });
    expect(doors.map(({ node }) => node)).toEqual(["n0", "n1", "n2"]);
  });

  test("no node may be called as the bus", () => {
    const source = `name: lab\nnodes: [{name: nats, memory: {t1S: 1, t2S: 1}, ${hardware}}]\nlinks: []\n`;
    expect(() => fileOf(source, true)).toThrow(/has the name of another container/);
    expect(() => fileOf(source, false)).not.toThrow();
  });
});

const hardware = "gates: {twoQubitDepolarising: 0}, readout: {p01: 0, p10: 0}";

test("a name too long for DNS is refused, and the place is named", () => {
  const long = "a".repeat(60);
  const source = `name: lab\nnodes: [{name: ${long}, memory: {t1S: 1, t2S: 1}, ${hardware}}]\nlinks: []\n`;
  expect(() => fileOf(source)).toThrow(TopologyError);
  expect(() => fileOf(source)).toThrow(/is to be a DNS name; shorten the name of aaaa/);
});

test("checks of health cost no more when there are more containers", () => {
  expect(fileOf("line:3").text).toContain("interval: 5s");
  expect(fileOf("line:40").text).toContain("interval: 51s");
});

const composeCommand = ["docker-compose"].find((command) => {
  try {
    return execFileSync(command, ["version"], { stdio: "pipe" });
  } catch {
    console.warn(`skipped: no ${command} to read compose files`);
    return undefined;
  }
});

describe.skipIf(composeCommand === undefined)("docker-compose accepts", () => {
  test.each([
    ["alice-repeater-bob", readFileSync(`${root}/${example}`, "utf8"), false],
    ["a line of 20 nodes", "line:20", false],
    ["a grid, with a container per node", "grid:4x5", true],
  ])("%s", (_what, source, perNode) => {
    const { text } = fileOf(source, perNode);
    execFileSync(composeCommand as string, ["-f", "-", "config", "-q"], { input: text, cwd: root, stdio: "pipe" });
  });
});
