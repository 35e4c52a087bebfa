import { type LinkScheme, schemeNames } from "@bellmesh/hardware";
import type { Heralding, Pauses } from "./heralding.ts";
import {
  optionalFields,
  pauseFields,
  schemeFields,
  schemeOptions,
  schemeWordFields,
  schemeWords,
} from "./link-schema.ts";
import type { PlatformFields } from "./platform-fields.ts";
import { list, type NumbersOf, type Section } from "./section.ts";

type Scheme = LinkScheme["scheme"];

const numberFields = Object.fromEntries(Object.values(schemeFields).flatMap((fields) => Object.entries(fields)));

/** All fields that heralding may have, by one scheme or another. */
export const heraldingNames = [
  "scheme",
  ...Object.keys(numberFields),
  ...Object.keys(optionalFields),
  ...Object.keys(schemeWords),
  "pauses",
];

/** Checks what is given in `defaults`, which links of any scheme may fall back to. */
export function checkHeraldingDefaults(section: Section): void {
  section.checkGiven({ ...numberFields, ...optionalFields });
  for (const [field, words] of Object.entries(schemeWords)) section.choice(field, words, words[0]);
  section.choice("scheme", schemeNames, "double-click");
  parsePauses(section);
}

/**
 * The heralding of a link: what it states itself, over the defaults of the file. Defaults of other schemes than the
 * link's are left aside; a field of another scheme in its own section is a mistake.
 * @throws TopologyError
 */
export function parseHeralding(section: Section, defaults: Section, platform: PlatformFields["heralding"]): Heralding {
  const scheme = section.choice("scheme", schemeNames, defaults.choice("scheme", schemeNames, "double-click"));
  checkFields(section, scheme);
  const usual = quietWindow(scheme, section, defaults);
  const numbers = section.numbers(schemeFields[scheme], {
    fallback: defaults,
    fallbackPlatform: { ...platform, ...usual },
  });
  const options: Record<string, number> = {};
  for (const field of schemeOptions[scheme]) {
    const rule = optionalFields[field];
    const given = section.optionalNumber(field, rule) ?? defaults.optionalNumber(field, rule);
    if (given !== undefined) options[field] = given;
  }
  const words: Record<string, string> = {};
  for (const field of schemeWordFields[scheme]) {
    const from = section.has(field) ? section : defaults;
    if (from.has(field)) words[field] = from.choice<string>(field, schemeWords[field], schemeWords[field][0]);
  }
  const pauses = parsePauses(section) ?? parsePauses(defaults);
  const fidelity = scheme === "perfect" ? { fidelity: 1 } : {};
  return { scheme, ...numbers, ...fidelity, ...options, ...words, ...(pauses && { pauses }) } as Heralding;
}

/** Where no photons meet there is nothing to be outside of a window: it is as long as the period unless it is given. */
function quietWindow(scheme: Scheme, section: Section, defaults: Section): { readonly detectionWindowNs?: number } {
  if (scheme === "double-click" || scheme.endsWith("single-click") || scheme === "midpoint-source") return {};
  const periodNs =
    section.optionalNumber("periodNs", numberFields.periodNs as never) ??
    defaults.optionalNumber("periodNs", numberFields.periodNs as never);
  return periodNs === undefined ? {} : { detectionWindowNs: periodNs };
}

function checkFields(section: Section, scheme: Scheme): void {
  const fieldsOf = (of: Scheme): readonly string[] => [
    ...["scheme", "pauses"],
    ...Object.keys(schemeFields[of]),
    ...schemeOptions[of],
    ...schemeWordFields[of],
  ];
  const own = fieldsOf(scheme);
  for (const field of heraldingNames) {
    if (own.includes(field) || !section.has(field)) continue;
    const others = schemeNames.filter((name) => fieldsOf(name).includes(field));
    throw section.error(field, `${scheme} has no such field`, `it belongs to ${list(others)}; leave it out`);
  }
}

function parsePauses(heralding: Section): Pauses | undefined {
  if (!heralding.has("pauses")) return undefined;
  const section = heralding.section("pauses", Object.keys(pauseFields));
  const { stabiliseEveryNs, stabiliseNs, chargeCheckEveryAttempts, chargeCheckNs, chargeCheckPassProbability } =
    pauseFields;
  const stabilisation = group(section, { stabiliseEveryNs, stabiliseNs });
  const check = group(section, { chargeCheckEveryAttempts, chargeCheckNs, chargeCheckPassProbability });
  return {
    ...(stabilisation && {
      stabilisation: { everyNs: stabilisation.stabiliseEveryNs, durationNs: stabilisation.stabiliseNs },
    }),
    ...(check && {
      chargeCheck: {
        everyAttempts: check.chargeCheckEveryAttempts,
        durationNs: check.chargeCheckNs,
        passProbability: check.chargeCheckPassProbability,
      },
    }),
  };
}

/** All numbers of a group, or none when none is given. */
function group<Fields extends Record<string, (typeof pauseFields)[keyof typeof pauseFields]>>(
  section: Section,
  fields: Fields,
): NumbersOf<Fields> | undefined {
  return Object.keys(fields).some((field) => section.has(field)) ? section.numbers(fields) : undefined;
}
