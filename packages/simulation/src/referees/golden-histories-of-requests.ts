import type { GoldenHistory } from "./golden-histories.ts";
import {
  accepted,
  confirmed,
  delivered,
  heralded,
  history,
  type Line,
  requestEnded,
  retracted,
  slowHistory,
} from "./golden-lines.ts";

/** The next pair of a request between neighbours, delivered at both ends. */
function pair(number: number): readonly Line[] {
  const name = `ab/1/${number}`;
  return [
    heralded(name, "alice", "bob", 1),
    delivered(name, "bob", "alice", 1, number),
    delivered(name, "alice", "bob", 1, number),
  ];
}

/** Histories to which no referee objects: what a request asked for, and what it is told. */
export const goodHistoriesOfRequests: readonly GoldenHistory[] = [
  history(
    "another pair takes the place of one that was taken back",
    [],
    accepted("alice", "bob", 2),
    ...pair(1),
    ...pair(2),
    retracted("ab/1/1", "bob", 1),
    retracted("ab/1/1", "alice", 1),
    ...pair(3),
    confirmed("alice", 2),
  ),
  slowHistory(
    250,
    "a request is confirmed as soon as light can have brought the word",
    [],
    heralded("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    accepted("alice", "bob"),
    delivered("ab/1/1", "alice", "bob", 1),
    confirmed("alice", 1),
  ),
  history(
    "a request runs out of time before all of its pairs are there",
    [],
    accepted("alice", "bob", 2),
    ...pair(1),
    requestEnded("alice", 1, "TIMEOUT"),
  ),
  history(
    "the tail-end delivers a pair when its request has ended already",
    [],
    accepted("alice", "bob", 2),
    heralded("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "alice", "bob", 1),
    requestEnded("alice", 1, "TIMEOUT"),
    delivered("ab/1/1", "bob", "alice", 1),
  ),
];

/** Histories in which a request is not given what it asked for, or told so. */
export const badHistoriesOfRequests: readonly GoldenHistory[] = [
  history(
    "a request is given more pairs than it asked for",
    ["as-asked"],
    accepted("alice", "bob"),
    ...pair(1),
    ...pair(2),
    requestEnded("alice", 2, "TIMEOUT"),
  ),
  history(
    "a request is told to be complete that is not",
    ["as-asked"],
    accepted("alice", "bob", 2),
    ...pair(1),
    requestEnded("alice", 1),
  ),
  history(
    "the head-end delivers a pair for a request that has ended",
    ["as-asked"],
    accepted("alice", "bob", 2),
    ...pair(1),
    requestEnded("alice", 1, "TIMEOUT"),
    ...pair(2),
  ),
  slowHistory(
    400,
    "a request is confirmed before light can have brought the word",
    ["as-asked"],
    accepted("alice", "bob"),
    heralded("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    confirmed("alice", 1),
  ),
  history(
    "a request is confirmed of which the tail-end lacks a pair",
    ["as-asked"],
    accepted("alice", "bob", 2),
    ...pair(1),
    heralded("ab/1/2", "alice", "bob", 1),
    delivered("ab/1/2", "alice", "bob", 1, 2),
    confirmed("alice", 2),
    delivered("ab/1/2", "bob", "alice", 1, 2),
  ),
];
