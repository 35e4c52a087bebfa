import { findNatsServer } from "@bellmesh/broker";
import { subjects } from "@bellmesh/wire";
import { Feedforward } from "@bellmesh/wire/feedforward";
import { connect, type NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { natsOfPlaces } from "./broker-of-places.ts";
import { SmallMesh } from "./small-mesh.ts";

const NETWORK = "alice-repeater-bob";
const patient = { timeout: 30_000 };
const natsServer = findNatsServer(undefined);
if (!natsServer) console.warn("skipped: the permissions of nats-server; there is none on this machine");

const track = Feedforward.encode(Feedforward.decode(new Uint8Array())).finish();

describe.each(["embedded", "server"] as const)("With the %s broker", (kind) => {
  describe.skipIf(kind === "server" && !natsServer)("a place", () => {
    let mesh: SmallMesh;
    let everybody: NatsConnection;
    const heard: string[] = [];
    const open: NatsConnection[] = [];

    beforeAll(async () => {
      mesh = await SmallMesh.start(natsOfPlaces(kind));
      everybody = await connect(mesh.natsOf("observer"));
      everybody.subscribe(">", { callback: (_error, { subject }) => heard.push(subject) });
      await everybody.flush();
    });

    afterEach(async () => {
      await Promise.all(open.splice(0).map((connection) => connection.close()));
      heard.length = 0;
    });

    afterAll(async () => {
      await everybody?.close();
      await mesh?.stop();
    });

    /** Publishes as a place, and gives what the broker says against it. */
    async function published(user: string, ...subject: string[]): Promise<string[]> {
      const connection = await connect(mesh.natsOf(user));
      open.push(connection);
      const objections: string[] = [];
      (async () => {
        for await (const { type, data } of connection.status()) if (type === "error") objections.push(String(data));
      })();
      for (const each of subject) connection.publish(each, track);
      await connection.flush();
      return objections;
    }

    test("may publish in its own name, of every kind", async () => {
      const own = [
        subjects.feedforward(NETWORK, "bob", "repeater", "track"),
        subjects.control(NETWORK, "bob", "presence"),
        subjects.ledger(NETWORK, "bob", "node-controller"),
        subjects.telemetry(NETWORK, "bob", "node-controller"),
      ];
      expect(await published("bob", ...own)).toEqual([]);
      await expect.poll(() => heard.filter((subject) => own.includes(subject)), patient).toEqual(own);
    });

    test.each([
      ["another node's feedforward", subjects.feedforward(NETWORK, "alice", "repeater", "track")],
      ["a station's herald", subjects.feedforward(NETWORK, "alice-repeater", "alice", "herald")],
      ["a correction of another's clock", subjects.control(NETWORK, "alice", "clock")],
      ["events of another's ledger", subjects.ledger(NETWORK, "alice", "node-controller")],
      ["the collector's acknowledgement", subjects.ledgerAcknowledgement(NETWORK, "alice", "node-controller")],
      ["another's report", subjects.telemetry(NETWORK, "alice", "node-controller")],
      ["anything in another network", subjects.feedforward("other", "bob", "repeater", "track")],
    ])("may not publish %s", async (_what, subject) => {
      const objections = await published("bob", subject);
      const own = subjects.control(NETWORK, "bob", "presence");
      expect(await published("bob", own)).toEqual([]);
      await expect.poll(() => heard.includes(own), patient).toBe(true);
      expect(heard).not.toContain(subject);
      expect(objections.join()).toMatch(/permission/i);
    });

    test("is dropped by receivers when it is of no place of the network, though a broker let it through", async () => {
      const before = (await mesh.report("alice")).refusals.UNKNOWN_PUBLISHER ?? 0;
      await published("observer", subjects.feedforward(NETWORK, "mallory", "alice", "herald"));
      await expect.poll(async () => (await mesh.report("alice")).refusals.UNKNOWN_PUBLISHER, patient).toBe(before + 1);
      expect(mesh.lines).toContainEqual(expect.objectContaining({ reason: "UNKNOWN_PUBLISHER", from: "mallory" }));
    });

    test("cannot log in without its password", async () => {
      const { user: _user, pass: _pass, ...nobody } = mesh.natsOf("bob");
      await expect(connect({ ...nobody, reconnect: false })).rejects.toThrow(/authorization/i);
      await expect(connect({ ...nobody, user: "bob", pass: "wrong", reconnect: false })).rejects.toThrow(/auth/i);
    });
  });
});
