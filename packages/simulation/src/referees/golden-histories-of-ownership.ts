import { Outcome } from "@bellmesh/wire/ledger";
import type { GoldenHistory } from "./golden-histories.ts";
import {
  accepted,
  delivered,
  ended,
  framed,
  heralded,
  history,
  type Line,
  measured,
  moved,
  natureRestarted,
  requestEnded,
  retracted,
  stored,
  swapped,
  toldBy,
} from "./golden-lines.ts";

const oneHop: readonly Line[] = [
  heralded("ab/1/1", "alice", "bob", 1),
  stored("ab/1/1", "alice"),
  stored("ab/1/1", "bob"),
];

const bothDeliver: readonly Line[] = [delivered("ab/1/1", "alice", "bob", 1), delivered("ab/1/1", "bob", "alice", 1)];

const movedAndDelivered: readonly Line[] = [
  ...oneHop,
  moved("ab/1/1", "bob"),
  heralded("ab/1/2", "alice", "bob", 2),
  stored("ab/1/2", "bob"),
];

/** Histories to which no referee objects: who holds what, and what adds up. */
export const goodHistoriesOfOwnership: readonly GoldenHistory[] = [
  history(
    "a pair is told of before its request's acceptance, which comes by another stream",
    [],
    ...oneHop,
    ...bothDeliver,
    accepted("alice", "bob"),
    requestEnded("bob", 1),
    requestEnded("alice", 1),
  ),
  history(
    "a request is accepted, its pair is delivered at both ends, and both say so",
    [],
    accepted("alice", "bob"),
    ...oneHop,
    ...bothDeliver,
    measured("ab/1/1", "alice", "ab/1/1", "bob", 1),
    requestEnded("bob", 1),
    requestEnded("alice", 1),
  ),
  history(
    "a pair that was taken back does not count as delivered",
    [],
    accepted("alice", "bob"),
    ...oneHop,
    ...bothDeliver,
    retracted("ab/1/1", "bob"),
    retracted("ab/1/1", "alice"),
    requestEnded("bob", 0),
    requestEnded("alice", 0, "TIMEOUT"),
  ),
  history(
    "a second slot is used while the first is in use",
    [],
    ...oneHop,
    heralded("ab/1/2", "alice", "bob", 2),
    stored("ab/1/2", "bob", 1),
    ...bothDeliver,
    ended("ab/1/2", "alice", Outcome.EXPIRED),
    ended("ab/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half is moved into storage, and its slot is used again",
    [],
    ...movedAndDelivered,
    ...bothDeliver,
    moved("ab/1/2", "bob"),
    ended("ab/1/2", "alice", Outcome.EXPIRED),
    ended("ab/1/2", "bob", Outcome.EXPIRED),
  ),
];

/** Histories each of which breaks a rule of who holds what, or of what adds up. */
export const badHistoriesOfOwnership: readonly GoldenHistory[] = [
  history(
    "a node delivers the half of another",
    ["one-owner"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    toldBy("node-controller/alice", delivered("ab/1/1", "bob", "alice", 1)),
  ),
  history(
    "a half is delivered for a request between others",
    ["one-owner"],
    accepted("alice", "carol"),
    ...oneHop,
    ...bothDeliver,
    requestEnded("alice", 1),
  ),
  history(
    "a node stores a half that it is no end of, and nature crashes",
    ["one-owner"],
    heralded("ab/1/1", "alice", "bob", 1),
    stored("ab/1/1", "carol"),
    natureRestarted,
  ),
  history(
    "a half is in two slots at once",
    ["one-owner", "no-slot-leaked"],
    ...oneHop,
    stored("ab/1/1", "bob", 1),
    ...bothDeliver,
  ),
  history(
    "two halves are moved into one storage slot",
    ["no-slot-leaked"],
    ...movedAndDelivered,
    moved("ab/1/2", "bob"),
    ...bothDeliver,
    ended("ab/1/2", "alice", Outcome.EXPIRED),
    ended("ab/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half is moved into a storage slot that its node does not have",
    ["memory-kept"],
    ...oneHop,
    moved("ab/1/1", "bob", 1),
    ...bothDeliver,
  ),
  history(
    "a half is moved that is in no slot",
    ["no-slot-leaked"],
    heralded("ab/1/1", "alice", "bob", 1),
    moved("ab/1/1", "bob"),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half is delivered for one request and then for another",
    ["one-owner", "no-double-spend", "conservation"],
    ...oneHop,
    ...bothDeliver,
    delivered("ab/1/1", "bob", "alice", 1, 1, "alice/1/2"),
  ),
  history(
    "a request tells of more pairs than were delivered",
    ["conservation"],
    accepted("alice", "bob", 2),
    ...oneHop,
    ...bothDeliver,
    requestEnded("bob", 1),
    requestEnded("alice", 2),
  ),
  history(
    "a head-end turns a half that has expired",
    ["no-cloning"],
    ...oneHop,
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    framed("ab/1/1", "alice", 2),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "nature finds a half in two delivered pairs",
    ["no-cloning"],
    ...oneHop,
    ...bothDeliver,
    measured("ab/1/1", "alice", "ab/1/1", "bob", 1),
    measured("ab/1/1", "alice", "ab/1/1", "bob", 1),
  ),
  history(
    "a repeater swaps a half with itself",
    ["no-double-spend", "conservation", "no-cloning"],
    heralded("ar/1/1", "alice", "rob", 1),
    stored("ar/1/1", "rob"),
    swapped("rob", "ar/1/1", "ar/1/1", 0),
    ended("ar/1/1", "alice", Outcome.EXPIRED),
  ),
];
