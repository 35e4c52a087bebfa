import { loadTopology, scopeOf } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { parseSchedule } from "./parse-schedule.ts";

const scope = scopeOf(loadTopology("line:3"));
const read = (text: string) => parseSchedule(text, "day.yaml", scope);

const day = `faults:
  - at: 1.5 s
    for: 200ms
    kind: delay
    target: {from: n0}
    args: {ns: 5 ms, jitter: 20 us}
  - atNs: 0
    for: forever
    kind: crash
    target:
      process: link-layer/n1
`;

const parted = `faults: [{at: 0 s, for: 1 s, kind: partition, target: {a: [n0], b: [n0]}, args: {oneWay: false}}]`;
const stuck = `faults: [{at: 0 s, for: 1 s, kind: stuck-slot, target: {link: n0-n1, node: n0}, args: {slot: 99}}]`;

describe("A schedule", () => {
  test("is a list of faults, with times as people write them", () => {
    expect(read(day)).toEqual([
      { atNs: 1.5e9, forNs: 2e8, kind: "delay", target: { from: "n0" }, args: { ns: 5e6, jitterNs: 20_000 } },
      { atNs: 0, forNs: Number.POSITIVE_INFINITY, kind: "crash", target: { process: "link-layer/n1" }, args: {} },
    ]);
  });

  test("may be JSON, and a bare list", () => {
    const entry = { atNs: 1, forNs: 2, kind: "loss", target: {}, args: { probability: 1 } };
    expect(read(JSON.stringify([entry]))).toEqual([entry]);
    expect(read("[]")).toEqual([]);
  });

  const units = "units are ns, us (µs), ms, s, min and h";
  const at = `give a time with a unit, as in 1 s; ${units}`;
  const lasts = `give a time with a unit, as in 200 ms, or forever; ${units}`;
  test.each([
    ["at: 1.5 s", "at: 1", `faults[0].at: 1 is no time; ${at}`],
    ["at: 1.5 s", "at: null", `faults[0].at: null is no time; ${at}`],
    ["at: 1.5 s", "at: 1e26", `faults[0].at: 1e+26 is no time; ${at}`],
    ["at: 1.5 s", "at: 1 sec", `faults[0].at: "1 sec" is no time; ${at}`],
    ["at: 1.5 s", "at: 100000 h", 'faults[0].at: "100000 h" is too long; give at most 2501 h'],
    ["at: 1.5 s", "atNs: 1e26", "faults[0].atNs: 1e+26 is no time; give whole nanoseconds from 0 to 9007199254740991"],
    ["for: 200ms", "for: Forever", `faults[0].for: "Forever" is no time; ${lasts}`],
    ["for: 200ms", "for: soon", `faults[0].for: "soon" is no time; ${lasts}`],
    ["    for: 200ms\n", "", `faults[0].for: it is missing; ${lasts}`],
    ["jitter: 20 us", "jitter: 20", "faults[0].args.jitter: 20 is no time; give a time with a unit, as in 5 ms"],
    ["jitter: 20 us", "jitter: 1 s, jitterNs: 1", "faults[0].args.jitter: it is there twice, as jitter and jitterNs"],
    ["    kind: delay\n", "", "faults[0].kind: it is missing; it is one of asymmetric-delay"],
    ["link-layer/n1", "repeater", "it is one of n0, n1, n2, n0-n1, n1-n2, "],
  ])("with %j as %j says what to write instead", (right, wrong, message) => {
    expect(day).toContain(right);
    expect(() => read(day.replace(right, wrong))).toThrow(message);
  });

  test("takes the longest times there are, and leaves a node's name that looks like a time alone", () => {
    const long = `[{at: 2501 h, for: 1 h, kind: crash, target: {process: "5s"}}]`;
    const named = { ...scope, nodes: [...scope.nodes, "5s"] };
    expect(parseSchedule(long, "day.yaml", named)).toMatchObject([{ atNs: 2501 * 3600e9, target: { process: "5s" } }]);
  });

  test.each([
    [
      day.replace("crash", "crush"),
      'day.yaml:9: faults[1].kind: there is no kind of fault "crush"; did you mean crash?',
    ],
    [
      day.replace("link-layer/n1", "link-layer/n11"),
      "day.yaml:11: faults[1].target.process: there is no process or place",
    ],
    [day.replace("1.5 s", "-1.5 s"), 'day.yaml:2: faults[0].at: "-1.5 s" is no time; give a time with a unit'],
    [
      day.replace("20 us", "-20 us"),
      'day.yaml:6: faults[0].args.jitter: "-20 us" is not right; give whole nanoseconds',
    ],
    [day.replace("n0", "n9"), 'day.yaml:5: faults[0].target.from: there is no place or "*" "n9"; did you mean n0?'],
    [day.replace("jitter", "jiter"), "day.yaml:6: faults[0].args.jiter"],
    [
      day.replace("atNs: 0", "atNs: 0\n    at: 1 s"),
      "day.yaml:8: faults[1].at: it is there twice, as at and atNs; give one of both",
    ],
    [`title: x\n${day}`, "day.yaml:1: title: there is no such field"],
    [parted, 'day.yaml:1: faults[0].target.b: ["n0"] leaves nothing to cut off from ["n0"]; list other places'],
    [stuck, "day.yaml:1: faults[0].args.slot: n0 has no communication slot 99; give "],
    ["", "day.yaml: this is no list of faults"],
    ["faults: {}", "day.yaml:1: faults: this is no list of faults"],
    ["faults: [", "day.yaml:1: not valid YAML: Flow sequence in block collection must be"],
    ["faults:\n  - at: 1 s\n    at: 2 s", "day.yaml:3: faults[0].at: this field is given twice; give it once"],
  ])("%j is refused with its line", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
