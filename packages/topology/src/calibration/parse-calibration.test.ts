import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadCalibration, parseCalibration, TopologyError } from "../index.ts";

const example = fileURLToPath(new URL("../../../../examples/calibrations/ion-lab-2026-11-20.yaml", import.meta.url));
const text = `platform: ion-lab
version: 3
date: 2026-11-20
values:
  communication: {t2S: {value: 0.08, bounds: [0.06, 0.1]}}
  p01: 0.001
`;

describe("A calibration", () => {
  test("has a platform, a version, a date and the values that were measured", () => {
    expect(parseCalibration(text, "c.yaml")).toEqual({
      platform: "ion-lab",
      version: 3,
      date: "2026-11-20",
      values: { communication: { t2S: 0.08 }, storage: {}, gates: { p01: 0.001 } },
      bounds: { communication: { t2S: [0.06, 0.1] }, storage: {}, gates: {} },
    });
    expect(loadCalibration(example).values.communication.t2S).toBe(0.079);
  });

  const wrong: readonly (readonly [string, string, string, string])[] = [
    [
      "a value is outside its own bounds",
      "value: 0.08",
      "value: 0.2",
      "t2S: 0.2 is outside its bounds; its own file says",
    ],
    ["bounds are the wrong way round", "[0.06, 0.1]", "[0.1, 0.06]", "bounds: 0.1 is above 0.06"],
    ["a probability is above 1", "p01: 0.001", "p01: 1.5", "p01: 1.5 is out of range; give a number in [0, 1]"],
    ["a time is negative", "value: 0.08", "value: -1", "t2S.value: -1 is out of range"],
    ["a field is unknown", "p01:", "p02:", "values.p02: unknown field; did you mean p01?"],
    ["the date is none", "2026-11-20", "2026-13-40", 'date: "2026-13-40" is no day'],
    ["the version is none", "version: 3", "version: 0", "version: 0 is out of range"],
    ["it names no platform", "platform: ion-lab\n", "", "platform: this field is missing"],
  ];
  test.each(wrong)(
    "is refused, naming file, line, field and what would be right, when %s",
    (_, right, mistaken, said) => {
      const parsing = () => parseCalibration(text.replace(right, mistaken), "c.yaml");
      expect(parsing).toThrow(TopologyError);
      expect(parsing).toThrow(said);
      expect(parsing).toThrow(/^c\.yaml:\d+: /);
    },
  );
});
