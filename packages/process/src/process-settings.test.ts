import { describe, expect, test } from "vitest";
import { EnvironmentError } from "./environment-error.ts";
import { processSettings } from "./process-settings.ts";

const stack = ["clock-sync", "node-controller", "link-layer", "network-layer"];

const good = {
  BELLMESH_TOPOLOGY: "line:3",
  BELLMESH_SERVICE: "link-layer",
  BELLMESH_NODE: "n1",
  BELLMESH_SEED: "7",
  BELLMESH_STATE_DIR: "/tmp/somewhere",
  NATS_URL: "nats://n1:secret@127.0.0.1:4222",
  BELLMESH_LISTEN: "unix:/tmp/lab/{service}.{place}.sock,127.0.0.1:0",
  BELLMESH_TARGETS: "unix:/tmp/lab/{service}.{place}.sock",
};

test("a good environment says what the process is, where it listens and where its peers are", () => {
  const settings = processSettings(["link-layer"], good);
  expect(settings).toMatchObject({
    topology: { name: "line-3" },
    addresses: ["link-layer/n1"],
    meshStart: undefined,
    seed: 7,
    stateDir: "/tmp/somewhere",
    natsUrl: "nats://n1:secret@127.0.0.1:4222",
    listen: ["unix:/tmp/lab/link-layer.n1.sock", "127.0.0.1:0"],
    logLevel: "info",
  });
  expect(settings.targetOf("physical-link/n0-n1")).toBe("unix:/tmp/lab/physical-link.n0-n1.sock");
});

test("a program runs all it holds where nothing else, or all, is asked for", () => {
  const all = stack.map((service) => `${service}/n1`);
  expect(processSettings(stack, { ...good, BELLMESH_SERVICE: "all" }).addresses).toEqual(all);
  expect(processSettings(stack, { ...good, BELLMESH_SERVICE: undefined }).addresses).toEqual(all);
  expect(processSettings(stack, { ...good, BELLMESH_SERVICE: "all" }).listen).toHaveLength(5);
  const listen = "unix:/tmp/lab/{place}.sock";
  expect(processSettings(stack, { ...good, BELLMESH_SERVICE: "all", BELLMESH_LISTEN: listen }).listen).toHaveLength(1);
});

test("one process may hold many links", () => {
  const env = { ...good, BELLMESH_SERVICE: "physical-link", BELLMESH_NODE: "n0-n1, n1-n2" };
  expect(processSettings(["physical-link"], env).addresses).toEqual(["physical-link/n0-n1", "physical-link/n1-n2"]);
});

test("the seed is 1 where none is given, as everywhere", () => {
  expect(processSettings(["link-layer"], { ...good, BELLMESH_SEED: undefined }).seed).toBe(1);
});

describe("says which variable is wrong, how, and what would be right:", () => {
  test.each([
    ["BELLMESH_TOPOLOGY", undefined, /it is not set; name a topology file/],
    ["BELLMESH_NODE", undefined, /it is not set; name one of n0, n1, n2/],
    ["BELLMESH_NODE", "n7", /line-3 has no link-layer at "n7"; did you mean n\d\?/],
    ["BELLMESH_NODE", "n1,nature", /line-3 has no link-layer at "nature"; it is one of n0, n1, n2/],
    ["BELLMESH_SERVICE", "link-lair", /there is no "link-lair"; did you mean link-layer\?/],
    ["BELLMESH_SERVICE", "clock-sync", /this program does not hold "clock-sync"; it is link-layer/],
    ["BELLMESH_SEED", "-1", /"-1" is no seed; give a whole number from 0/],
    ["BELLMESH_SEED", "99999999999999999", /is no seed/],
    ["BELLMESH_MESH_START", "yesterday", /"yesterday" is no instant; give "<unix ns>"/],
    ["BELLMESH_STATE_DIR", " ", /it is not set; name the directory/],
    ["NATS_URL", undefined, /it is not set; give it as in nats:\/\//],
    ["NATS_URL", "http://127.0.0.1:4222", /it is no address of a NATS server/],
    ["BELLMESH_LISTEN", "localhost", /"localhost" is no address; give addresses such as/],
    ["BELLMESH_LISTEN", "127.0.0.1:65536", /is no address/],
    ["BELLMESH_LISTEN", `unix:/${"x".repeat(90)}/{service}.sock`, /is too long for sockets; take one of at most/],
    ["BELLMESH_TARGETS", "dns:///localhost:50051", /gives every place the same address/],
    ["BELLMESH_LOG_LEVEL", "loud", /"loud" is none; it is one of trace/],
  ])("%s=%s", (variable, value, message) => {
    const read = () => processSettings(["link-layer"], { ...good, [variable]: value });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(message);
    expect(read).toThrow(new RegExp(`^${variable}: `));
  });

  test("a password is not told", () => {
    expect(() => processSettings(["link-layer"], { ...good, NATS_URL: "htp://n1:secret@x" })).not.toThrow(/secret/);
  });

  test("a topology that is not there is told as everywhere", () => {
    const read = () => processSettings(["link-layer"], { ...good, BELLMESH_TOPOLOGY: "nowhere.yaml" });
    expect(read).toThrow(/nowhere\.yaml: there is no such file/);
  });
});
