import { Code } from "@bellmesh/mesh";
import { loadTopology } from "@bellmesh/topology";
import { ErrorCode, type PeerMessage } from "@bellmesh/wire/link-layer";
import { describe, expect, test } from "vitest";
import { heraldOf, ObservedLinkLayer } from "./observed-link-layer.ts";

const topology = loadTopology("line:3");

const hello = (incarnation = 1): PeerMessage["content"] => ({ $case: "hello", hello: { incarnation } });

/** Carries what each end says to the other, until both are silent. */
function talk(master: ObservedLinkLayer, slave: ObservedLinkLayer): void {
  for (let messages = 1; messages > 0; ) {
    const [toSlave, toMaster] = [master.toPeer(), slave.toPeer()];
    for (const { content } of toMaster) master.fromPeer(content);
    for (const { content } of toSlave) slave.fromPeer(content);
    messages = toSlave.length + toMaster.length;
  }
}

/** Both ends of the link, connected, each with a slot, a clock that is good enough and a station that is there. */
function bothEnds(): [ObservedLinkLayer, ObservedLinkLayer] {
  const [master, slave] = [new ObservedLinkLayer(topology, "n0"), new ObservedLinkLayer(topology, "n1")];
  master.opensPeer("link-layer/n1");
  talk(master, slave);
  for (const end of [master, slave]) {
    end.trust();
    end.grant(0);
    end.fromStation({ reason: 2 });
  }
  return [master, slave];
}

function cases(message: PeerMessage): string {
  return message.content?.$case ?? "nothing";
}

describe("A request", () => {
  test("is agreed with the other end: the master says where it stands, the slave learns it", () => {
    const [master, slave] = bothEnds();
    master.created({ purposeId: 11, pairs: 3, priority: 1 });
    const [add] = master.toPeer();
    expect(add?.content).toMatchObject({
      $case: "add",
      add: { communicationSequence: 1, queueSequence: 1, createId: 1, create: { purposeId: 11, pairs: 3 } },
    });
    slave.fromPeer(add?.content);
    expect(slave.toPeer()).toEqual([
      {
        link: "n0-n1",
        content: { $case: "addResult", addResult: { communicationSequence: 1, queueSequence: 1, rejected: 0 } },
      },
    ]);
    slave.created();
    expect(slave.toPeer()).toMatchObject([{ content: { add: { queueSequence: 0, createId: 1 } } }]);
  });

  test("is served first come, first served, whoever asked", () => {
    const [master, slave] = bothEnds();
    slave.created();
    talk(master, slave);
    master.created();
    talk(master, slave);
    expect([master.armed(), slave.armed()]).toEqual([["arm 1"], ["arm 1"]]);
    slave.cancel(1);
    talk(master, slave);
    expect([master.armed(), slave.armed()]).toEqual([
      ["stop 1", "arm 2"],
      ["stop 1", "arm 2"],
    ]);
  });

  test("that is cancelled ends at both ends without an event, and is not there any more", () => {
    for (const at of [0, 1] as const) {
      const ends = bothEnds();
      const [one, other] = at === 0 ? ends : [ends[1], ends[0]];
      const createId = one.created();
      talk(...ends);
      expect(one.cancel(createId)).toEqual({});
      talk(...ends);
      expect([one.armed(), other.armed()]).toEqual([
        ["arm 1", "stop 1"],
        ["arm 1", "stop 1"],
      ]);
      expect([one.said(), other.said()]).toEqual([[], []]);
      expect(one.cancel(createId)).toMatchObject({ failed: { code: Code.NOT_FOUND, reason: "NO_CREATE" } });
    }
  });

  test("that the other end refuses ends with an ERR that says why", () => {
    const [master] = bothEnds();
    const createId = master.created({ purposeId: 11 });
    const addResult = { communicationSequence: 1, queueSequence: 0, rejected: ErrorCode.REJECTED };
    master.fromPeer({ $case: "addResult", addResult });
    expect(master.events()).toMatchObject([
      { link: "n0-n1", createId, purposeId: 11, originatedHere: true, event: { err: { code: ErrorCode.REJECTED } } },
    ]);
    expect(master.cancel(createId)).toMatchObject({ failed: { code: Code.NOT_FOUND } });
  });

  test("whose time runs out ends with TIMEOUT at its originator, and at both ends stops being served", () => {
    const [master, slave] = bothEnds();
    slave.created({ maxTimeNs: 5e6 });
    talk(master, slave);
    expect([master.armed(), slave.armed()]).toEqual([["arm 1"], ["arm 1"]]);
    for (const end of [master, slave]) end.advance(5e6 - 1);
    expect([master.armed(), slave.armed()]).toEqual([[], []]);
    for (const end of [master, slave]) end.advance(5e6);
    expect([master.armed(), slave.armed()]).toEqual([["stop 1"], ["stop 1"]]);
    talk(master, slave);
    expect([master.said(), slave.said()]).toEqual([[], [`err ${ErrorCode.TIMEOUT}`]]);
    expect(slave.cancel(1)).toMatchObject({ failed: { code: Code.NOT_FOUND } });
  });

  test("whose time runs out while the peer is away, or has not answered, ends with TIMEOUT all the same", () => {
    const master = new ObservedLinkLayer(topology, "n0");
    for (const maxTimeNs of [7e6, 5e6, 6e6]) master.created({ maxTimeNs });
    master.advance(4e6);
    expect(master.said()).toEqual([]);
    master.advance(1e9);
    expect(master.events().map(({ createId }) => createId)).toEqual([2, 3, 1]);
    const [, slave] = bothEnds();
    slave.created({ maxTimeNs: 5e6 });
    slave.toPeer();
    slave.advance(1e9);
    expect(slave.said()).toEqual([`err ${ErrorCode.TIMEOUT}`]);
    const addResult = { communicationSequence: 1, queueSequence: 1, rejected: ErrorCode.UNSPECIFIED };
    slave.fromPeer({ $case: "addResult", addResult });
    expect(slave.toPeer()).toMatchObject([{ content: { remove: { queueSequence: 1, reason: ErrorCode.TIMEOUT } } }]);
    expect(slave.said()).toEqual([]);
  });

  test("that was asked for with a limit of time is offered with what is left of it", () => {
    const slave = new ObservedLinkLayer(topology, "n1");
    slave.created({ maxTimeNs: 1e9 });
    slave.peerEnds();
    slave.advance(4e8);
    expect(slave.toPeer()).toMatchObject([
      { content: { $case: "hello" } },
      { content: { add: { create: { maxTimeNs: 1e9 - 1e8 } } } },
    ]);
  });
});

describe("The stream between the two ends", () => {
  test("is opened by the second node, which greets; the first greets back, and then each offers its requests", () => {
    const [master, slave] = [new ObservedLinkLayer(topology, "n0"), new ObservedLinkLayer(topology, "n1", 4)];
    master.created();
    expect([...slave.opened.keys()]).toContain("link-layer/n0");
    expect([...master.opened.keys()]).not.toContain("link-layer/n1");
    expect(slave.toPeer().map(({ content }) => content)).toEqual([hello(4)]);
    master.opensPeer("link-layer/n1");
    expect(master.toPeer()).toEqual([]);
    master.fromPeer(hello(4));
    expect(master.toPeer().map(cases)).toEqual(["hello", "add"]);
  });

  test("is refused to whoever is not the second node of a link of this one", () => {
    const middle = new ObservedLinkLayer(topology, "n1");
    for (const from of ["link-layer/n0", "network-layer/n2", "link-layer/n9"] as const) {
      const stream = middle.opensPeer(from);
      expect(middle.closed()).toMatchObject([
        { stream, status: { code: Code.PERMISSION_DENIED, reason: "NOT_A_PEER" } },
      ]);
    }
    middle.opensPeer("link-layer/n2", "n1-n2");
    expect(middle.closed()).toEqual([]);
  });

  test.each<readonly [string, string, PeerMessage["content"], boolean]>([
    ["a message before the hello", "n1-n2", { $case: "remove", remove: { queueSequence: 1, reason: 0 } }, false],
    ["a hello for a link of another node", "n0-n1", hello(), false],
    ["a hello for no link", "n7-n8", hello(), false],
    ["a second hello", "n1-n2", hello(), true],
    ["a message about another link", "n0-n1", { $case: "remove", remove: { queueSequence: 1, reason: 0 } }, true],
    ["nothing at all", "n1-n2", undefined, true],
    [
      "an EXPIRE of more pairs than there are",
      "n1-n2",
      { $case: "expire", expire: { stationIncarnation: 1, sequenceLow: 0, sequenceHigh: 70_000 } },
      true,
    ],
    [
      "an EXPIRE of no pair",
      "n1-n2",
      { $case: "expire", expire: { stationIncarnation: 1, sequenceLow: 5, sequenceHigh: 5 } },
      true,
    ],
  ])("ends with INVALID_ARGUMENT at %s", (_what, link, content, greeted) => {
    const middle = new ObservedLinkLayer(topology, "n1");
    const stream = middle.opensPeer("link-layer/n2", "n1-n2");
    if (greeted) middle.fromPeer(hello(), "n1-n2");
    middle.toPeer("n1-n2");
    middle.fromPeer(content, link, stream);
    expect(middle.closed()).toMatchObject([{ stream, status: { code: Code.INVALID_ARGUMENT, reason: "UNEXPECTED" } }]);
    middle.fromPeer(hello(), "n1-n2", stream);
    middle.created({ link: "n1-n2" });
    expect(middle.toPeer("n1-n2")).toEqual([]);
    expect(middle.said()).toEqual([]);
  });

  test("is superseded by a later one: what still comes on the former is not heard", () => {
    const [master, slave] = bothEnds();
    slave.created();
    talk(master, slave);
    const former = master.servedOn();
    const later = master.opensPeer("link-layer/n1");
    expect(later).not.toBe(former);
    master.fromPeer(hello(), "n0-n1", later);
    expect(master.closed()).toMatchObject([{ stream: former, status: { code: Code.ABORTED, reason: "SUPERSEDED" } }]);
    expect(master.armed()).toEqual(["arm 1", "stop 1"]);
    master.toPeer();
    const add = { communicationSequence: 8, queueSequence: 0, createId: 8, create: undefined };
    master.fromPeer({ $case: "add", add }, "n0-n1", former);
    expect([master.armed(), master.toPeer()]).toEqual([[], []]);
  });

  test("is opened again when it breaks, and both ends agree anew on what they had asked for", () => {
    const [master, slave] = bothEnds();
    slave.created({ purposeId: 1 });
    master.created({ purposeId: 2 });
    talk(master, slave);
    expect([master.armed(), slave.armed()]).toEqual([["arm 1"], ["arm 1"]]);
    for (const end of [master, slave]) end.peerEnds();
    expect([master.armed(), slave.armed()]).toEqual([["stop 1"], ["stop 1"]]);
    slave.advance(1e8);
    master.advance(1e8);
    master.opensPeer("link-layer/n1");
    talk(master, slave);
    const [atMaster, atSlave] = [master.armed(), slave.armed()];
    expect(atMaster.at(-1)).toBe(atSlave.at(-1));
    expect(atMaster.at(-1)).toMatch(/^arm [34]$/);
  });
});

describe("Events", () => {
  test("are for this node only", () => {
    const alice = new ObservedLinkLayer(topology, "n0");
    const stream = alice.follows("network-layer/n1");
    expect(alice.closed()).toMatchObject([{ stream, status: { code: Code.PERMISSION_DENIED } }]);
  });

  test("are sent again from where a follower was", () => {
    const [master, slave] = bothEnds();
    master.created();
    talk(master, slave);
    master.armed();
    for (const sequence of [1, 2, 3]) {
      master.herald(heraldOf(sequence, 1), sequence);
      master.grant(0);
    }
    const first = master.events().map(({ sequence }) => sequence);
    expect(first.length).toBe(3);
    master.follows("network-layer/n0", first[0]);
    expect(master.events().map(({ sequence }) => sequence)).toEqual(first.slice(1));
  });
});
