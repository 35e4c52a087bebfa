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

  test.each([
    [
      day.replace("crash", "crush"),
      'day.yaml:9: faults[1].kind: there is no kind of fault "crush"; did you mean crash?',
    ],
    [
      day.replace("link-layer/n1", "link-layer/n11"),
      "day.yaml:11: faults[1].target.process: there is no process or place",
    ],
    [day.replace("1.5 s", "-1.5 s"), 'day.yaml:2: faults[0].at: "-1.5 s" is no time; give whole nanoseconds from 0'],
    [
      day.replace("20 us", "-20 us"),
      'day.yaml:6: faults[0].args.jitter: "-20 us" is not right; give whole nanoseconds',
    ],
    [day.replace("200ms", "soon"), 'day.yaml:3: faults[0].for: "soon" is no time; give whole nanoseconds from 0'],
    [day.replace("n0", "n9"), 'day.yaml:5: faults[0].target.from: there is no place or "*" "n9"; did you mean n0?'],
    [day.replace("jitter", "jiter"), "day.yaml:6: faults[0].args.jiter"],
    [day.replace("atNs: 0", "atNs: 0\n    at: 1 s"), "day.yaml:8: faults[1].at: there is no field"],
    [`title: x\n${day}`, "day.yaml:1: title: there is no such field"],
    [parted, 'day.yaml:1: faults[0].target.b: ["n0"] leaves nothing to cut off from ["n0"]; list other places'],
    [stuck, "day.yaml:1: faults[0].args.slot: n0 has no communication slot 99; give "],
    ["", "day.yaml: this is no list of faults"],
    ["faults: {}", "day.yaml:1: faults: this is no list of faults"],
    ["faults: [", "day.yaml:1"],
  ])("%j is refused with its line", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
