import { readDocument } from "../document.ts";
import { platformSections } from "../platform/platform-schema.ts";
import { readSource } from "../read-source.ts";
import { describeField, type NumberField, type NumberFields } from "../schema.ts";
import { Section, show } from "../section.ts";

const { attemptDephasing, moveDepolarising, moveS } = platformSections.storage;
const { t1S, t2S, initialDepolarising, initialS, oneQubitDepolarising, oneQubitS } = platformSections.communication;

/** What may be measured anew, by the section it stands in; in SI, as in a platform. */
export const calibrationSections = {
  communication: { t1S, t2S, initialDepolarising, initialS, oneQubitDepolarising, oneQubitS },
  storage: { t1S, t2S, moveS, moveDepolarising, attemptDephasing },
  gates: platformSections.gates,
} as const satisfies Readonly<Record<string, NumberFields>>;

type Values<Fields> = { readonly [Name in keyof Fields]?: number };

/** A dated set of measured parameters of a platform. */
export interface Calibration {
  /** The name of the platform it was measured on. */
  readonly platform: string;
  readonly version: number;
  /** The day of the measurement, as in 2026-11-20. */
  readonly date: string;
  readonly values: { readonly [Name in keyof typeof calibrationSections]: Values<(typeof calibrationSections)[Name]> };
}

const versionField = {
  unit: "",
  min: 1,
  max: 4_294_967_295,
  whole: true,
  meaning: "its number, later than the former",
};
const valueParts = ["value", "bounds"];

/**
 * Reads the text of a calibration file, YAML or JSON: `platform`, `version`, `date`, and under `values` the figures,
 * each a number or `{value, bounds: [least, most]}`. A value outside the bounds that the file itself states is refused:
 * the measurement was no good, whatever it says.
 * @param file the name to give in errors
 * @throws TopologyError naming the first mistake: file, line, field, value and what would be right
 */
export function parseCalibration(text: string, file: string): Calibration {
  const document = readDocument(text, file);
  const top = new Section(document, [], document.value ?? null, ["platform", "version", "date", "values"]);
  const platform = top.token("platform", "the name of the platform it was measured on");
  const version = top.number("version", versionField);
  const date = top.text("date", "give the day of the measurement, as in 2026-11-20");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
    throw top.error("date", `${show(date)} is no day`, "give the day of the measurement, as in 2026-11-20");
  }
  const { communication, storage, gates } = calibrationSections;
  const values = top.section("values", ["communication", "storage", ...Object.keys(gates)]);
  const part = (name: "communication" | "storage") => values.section(name, Object.keys(calibrationSections[name]));
  return {
    platform,
    version,
    date,
    values: {
      communication: valuesIn(part("communication"), communication),
      storage: valuesIn(part("storage"), storage),
      gates: valuesIn(values, gates),
    },
  };
}

/** A calibration from its file. @throws TopologyError */
export function loadCalibration(file: string): Calibration {
  return parseCalibration(readSource(file, "give the file of a calibration"), file);
}

function valuesIn<Fields extends NumberFields>(section: Section, fields: Fields): Values<Fields> {
  const values: Record<string, number> = {};
  for (const [field, rule] of Object.entries(fields)) {
    if (section.has(field)) values[field] = valueIn(section, field, rule);
  }
  return values as Values<Fields>;
}

function valueIn(section: Section, field: string, rule: NumberField): number {
  if (!section.isMapping(field)) return section.number(field, rule);
  const parts = section.section(field, valueParts);
  const value = parts.number("value", rule);
  if (!parts.has("bounds")) return value;
  const [least, most] = parts.numberPair("bounds", rule);
  if (least > most) throw parts.error("bounds", `${least} is above ${most}`, "give the least value first");
  if (value < least || value > most) {
    const expected = `its own file says [${least}, ${most}]; measure anew, or correct ${describeField(rule)}`;
    throw section.error(field, `${value} is outside its bounds`, expected);
  }
  return value;
}
