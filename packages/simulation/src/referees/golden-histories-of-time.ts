import { Outcome } from "@bellmesh/wire/ledger";
import type { GoldenHistory } from "./golden-histories.ts";
import {
  again,
  befallen,
  clockChecked,
  clockStruck,
  controllerRestarted,
  delivered,
  ended,
  heralded,
  history,
  installed,
  type Line,
  retracted,
  slowHistory,
  stored,
  toldBy,
  upgraded,
} from "./golden-lines.ts";

const SECOND_NS = 1e9;

/** One end delivers, and the other has lost its half. */
const lostAtBob: readonly Line[] = [
  heralded("ab/1/1", "alice", "bob", 1),
  delivered("ab/1/1", "alice", "bob", 1),
  toldBy("node-controller/bob", ended("ab/1/1", "bob", Outcome.LOST_CRASH)),
];

const takenBack: readonly Line[] = [
  heralded("ab/1/1", "alice", "bob", 1),
  delivered("ab/1/1", "alice", "bob", 1),
  ended("ab/1/1", "bob", Outcome.EXPIRED),
  retracted("ab/1/1", "alice"),
];

const inStep = { inStep: true };
const armed = befallen("network-layer/bob", "crash", "faultBegan", inStep);
const disarmed = befallen("network-layer/bob", "crash", "faultEnded", inStep);

const kept = clockChecked("bob", 200, 300, 300);
const farBeyond = clockChecked("bob", 5_000_000_000, 300, 300);
const justBeyond = clockChecked("bob", 400, 300, 300);

/** Histories in which something takes its time, and no referee objects. */
export const goodHistoriesOfTime: readonly GoldenHistory[] = [
  slowHistory(10 * SECOND_NS, "what one end delivered it takes back within the bound", [], ...takenBack),
  history(
    "a node-controller restarts before it has heard the index of what it has handed out",
    [],
    heralded("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "alice", "bob", undefined),
    delivered("ab/1/1", "bob", "alice", 1),
    controllerRestarted("alice"),
  ),
  slowHistory(
    15 * SECOND_NS,
    "word that a pair is void is held up by who stands still, and comes soon after that",
    [],
    befallen("network-layer/bob", "pause", "faultBegan", {}, 60 * SECOND_NS),
    ...takenBack.slice(0, 3),
    befallen("network-layer/bob", "pause", "faultEnded", {}, 60 * SECOND_NS),
    retracted("ab/1/1", "alice"),
  ),
  slowHistory(
    10 * SECOND_NS,
    "word that a pair is void is held up by a process that is down until it starts again",
    [],
    ...takenBack.slice(0, 3),
    again(installed("rob")),
    retracted("ab/1/1", "alice"),
  ),
  slowHistory(
    20 * SECOND_NS,
    "an end waits for its index for as long as its application likes",
    [],
    heralded("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "alice", "bob", undefined),
    stored("ab/1/1", "bob"),
    upgraded("ab/1/1", "alice", 1),
    delivered("ab/1/1", "bob", "alice", 1),
  ),
  slowHistory(
    SECOND_NS,
    "a half is lost that was heralded before its network layer crashed",
    [],
    ...lostAtBob.slice(0, 2),
    befallen("network-layer/bob", "crash", "faultBegan"),
    befallen("network-layer/bob", "crash", "faultEnded"),
    ...lostAtBob.slice(2),
  ),
  history("a crash that is to come with a step may have come", [], armed, ...lostAtBob, disarmed),
  slowHistory(
    SECOND_NS,
    "a clock is beyond its promise by chance, once in a while",
    [],
    ...Array.from({ length: 4 }, () => [justBeyond, kept, kept]).flat(),
  ),
  slowHistory(
    SECOND_NS,
    "a clock whose stamps err goes on and on being caught",
    [],
    clockStruck("bob", "clock-jitter", 600 * SECOND_NS),
    ...Array.from({ length: 9 }, () => [...Array.from({ length: 4 }, () => farBeyond), kept]).flat(),
  ),
];

/** Histories in which something takes too long, or is excused by what was long ago, or never. */
export const badHistoriesOfTime: readonly GoldenHistory[] = [
  slowHistory(
    30 * SECOND_NS,
    "what one end delivered it takes back far too late, and nothing was wrong meanwhile",
    ["ends-agree"],
    ...takenBack,
  ),
  slowHistory(
    30 * SECOND_NS,
    "the other end delivers far too late, and a fault of hardware holds up no word",
    ["ends-agree"],
    befallen("physical-link/rb", "detector-blindness", "faultBegan", {}, 600 * SECOND_NS),
    ...takenBack.slice(0, 2),
    delivered("ab/1/1", "bob", "alice", 1),
  ),
  slowHistory(
    30 * SECOND_NS,
    "a fault that comes when a pair should have been taken back long ago is no excuse",
    ["ends-agree"],
    ...takenBack.slice(0, 3),
    befallen("network-layer/bob", "pause", "faultBegan"),
    befallen("network-layer/bob", "pause", "faultEnded"),
    retracted("ab/1/1", "alice"),
  ),
  slowHistory(
    15 * SECOND_NS,
    "a half is lost long after the crash of its network layer",
    ["ends-agree"],
    befallen("network-layer/bob", "crash", "faultBegan"),
    befallen("network-layer/bob", "crash", "faultEnded"),
    ...lostAtBob,
  ),
  history(
    "a crash that is to come with a step never comes",
    ["ends-agree"],
    armed,
    ...lostAtBob,
    disarmed,
    installed("bob"),
  ),
  slowHistory(
    SECOND_NS,
    "a crash that is to come with a step has not come when a half is lost",
    ["ends-agree"],
    armed,
    ...lostAtBob,
    installed("bob"),
  ),
  slowHistory(
    SECOND_NS,
    "a clock is far beyond its promise once, and nothing has happened to it",
    ["clocks-bounded"],
    clockChecked("bob", 20_000, 0, 300),
    farBeyond,
    kept,
  ),
  slowHistory(
    SECOND_NS,
    "a clock is just beyond its promise in most checks, by no accident",
    ["clocks-bounded"],
    ...Array.from({ length: 3 }, () => [justBeyond, justBeyond, kept]).flat(),
  ),
  slowHistory(
    10 * SECOND_NS,
    "a clock is far beyond its promise long after something has happened to it",
    ["clocks-bounded"],
    clockStruck("bob", "clock-step"),
    ...[kept, kept, kept],
    farBeyond,
  ),
];
