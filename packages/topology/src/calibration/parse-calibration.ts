import { readDocument } from "../document.ts";
import { platformSections } from "../platform/platform-schema.ts";
import { readSource } from "../read-source.ts";
import type { NumberField, NumberFields } from "../schema.ts";
import { Section, show } from "../section.ts";

const { attemptDephasing, moveDepolarising, moveS } = platformSections.storage;
const { t1S, t2S, initialDepolarising, initialS, oneQubitDepolarising, oneQubitS } = platformSections.communication;

/** What may be measured anew, by the section it stands in; in SI, as in a platform. */
const calibrationSections = {
  communication: { t1S, t2S, initialDepolarising, initialS, oneQubitDepolarising, oneQubitS },
  storage: { t1S, t2S, moveS, moveDepolarising, attemptDephasing },
  gates: platformSections.gates,
} as const satisfies Readonly<Record<string, NumberFields>>;

type Values<Fields, Value = number> = { readonly [Name in keyof Fields]?: Value };
type Sections<Value> = {
  readonly [Name in keyof typeof calibrationSections]: Values<(typeof calibrationSections)[Name], Value>;
};

/** A dated set of measured parameters of a platform. */
export interface Calibration {
  /** The name of the platform it was measured on. */
  readonly platform: string;
  readonly version: number;
  /** The day of the measurement, as in 2026-11-20. */
  readonly date: string;
  readonly values: Sections<number>;
  /** What the measurement itself says a value lies between, least first, where it says so; both ends belong to it. */
  readonly bounds: Sections<readonly [number, number]>;
}

/** A value, and its bounds where some are stated. */
interface Measured {
  readonly value: number;
  readonly bounds: readonly [number, number] | undefined;
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
  const measured = {
    communication: measuredIn(part("communication"), communication),
    storage: measuredIn(part("storage"), storage),
    gates: measuredIn(values, gates),
  };
  return { platform, version, date, values: each(measured, ({ value }) => value), bounds: each(measured, boundsOf) };
}

/** A calibration from its file. @throws TopologyError */
export function loadCalibration(file: string): Calibration {
  return parseCalibration(readSource(file, "give the file of a calibration"), file);
}

function measuredIn<Fields extends NumberFields>(section: Section, fields: Fields): Values<Fields, Measured> {
  const measured: Record<string, Measured> = {};
  for (const [field, rule] of Object.entries(fields)) {
    if (section.has(field)) measured[field] = measuredAt(section, field, rule);
  }
  return measured as Values<Fields, Measured>;
}

function boundsOf({ bounds }: Measured): readonly [number, number] | undefined {
  return bounds;
}

/** Something of every value; what is undefined is left out. */
function each<Value>(measured: Sections<Measured>, take: (one: Measured) => Value | undefined): Sections<Value> {
  const ofSection = (section: Readonly<Record<string, Measured>>) =>
    Object.fromEntries(
      Object.entries(section).flatMap(([field, one]) => {
        const taken = take(one);
        return taken === undefined ? [] : [[field, taken]];
      }),
    );
  const sections = Object.entries(measured).map(([name, section]) => [name, ofSection(section)]);
  return Object.fromEntries(sections) as Sections<Value>;
}

function measuredAt(section: Section, field: string, rule: NumberField): Measured {
  if (!section.isMapping(field)) return { value: section.number(field, rule), bounds: undefined };
  const parts = section.section(field, valueParts);
  const value = parts.number("value", rule);
  if (!parts.has("bounds")) return { value, bounds: undefined };
  const [least, most] = parts.numberPair("bounds", rule);
  if (least > most) throw parts.error("bounds", `${least} is above ${most}`, "give the least value first");
  if (value < least || value > most) {
    const expected = `its own file says [${least}, ${most}]; measure anew, or correct the bounds`;
    throw section.error(field, `${value} is outside its bounds`, expected);
  }
  return { value, bounds: [least, most] };
}
