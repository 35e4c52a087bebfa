import { checkPlatform, type Figure, type Platform, PlatformError, platforms } from "@bellmesh/hardware";
import { readDocument } from "../document.ts";
import { describeField } from "../schema.ts";
import { Section, show } from "../section.ts";
import {
  type FigureField,
  type FigureFields,
  figureParts,
  platformSchemes,
  platformSections,
  platformTopFields,
} from "./platform-schema.ts";

/**
 * Reads the text of a platform file, YAML or JSON: the figures of `platform-schema.ts`, each a number, or
 * `{value, source, unconfirmed}`. A figure without a source is one of this file.
 * @param file the name to give in errors
 * @throws TopologyError naming the first mistake: file, line, field, value and what would be right
 */
export function parsePlatform(text: string, file: string): Platform {
  const document = readDocument(text, file);
  return platformIn(new Section(document, [], document.value ?? null, platformTopFields));
}

/** A platform that stands in a document. @throws TopologyError */
export function platformIn(section: Section): Platform {
  const name = section.token("name", "a name for the platform");
  if (platforms.has(name)) {
    throw section.error("name", `${show(name)} is a platform that comes along`, `name yours otherwise: my-${name}`);
  }
  const figures = (at: Section, fields: FigureFields) => figuresIn(at, fields, name);
  const part = (field: "communication" | "storage" | "emission", more: readonly string[] = []) =>
    section.section(field, [...more, ...Object.keys(platformSections[field])]);
  const emission = part("emission", ["scheme"]);
  if (!emission.has("scheme")) {
    throw emission.error("scheme", "this field is missing", `give one of ${platformSchemes.join(", ")}`);
  }
  const platform = {
    name,
    title: section.has("title") ? section.text("title", "say in some words what it is") : name,
    communication: figures(part("communication"), platformSections.communication),
    ...(section.has("storage") && { storage: figures(part("storage"), platformSections.storage) }),
    ...figures(section, platformSections.gates),
    emission: {
      scheme: emission.choice("scheme", platformSchemes, "double-click"),
      ...figures(emission, platformSections.emission),
    },
  } as unknown as Platform;
  checkTogether(section, platform);
  return platform;
}

/** What no figure shows alone: T2 ≤ 2·T1, p01 + p10 ≤ 1. */
function checkTogether(section: Section, platform: Platform): void {
  try {
    checkPlatform(platform);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw section.error(error.field, error.problem, error.expected);
  }
}

function figuresIn(section: Section, fields: FigureFields, platform: string): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  for (const [field, rule] of Object.entries(fields)) {
    const figure = figureIn(section, field, rule, platform);
    if (figure) figures[field] = figure;
  }
  return figures;
}

function figureIn(section: Section, field: string, rule: FigureField, platform: string): Figure | undefined {
  if (!section.has(field)) {
    if (rule.optional) return undefined;
    throw section.error(field, "this field is missing", `give it as ${describeField(rule)} (${rule.meaning})`);
  }
  if (!section.isMapping(field)) return [section.number(field, rule), { citation: `as ${platform} has it` }];
  const parts = section.section(field, figureParts);
  const citation = parts.has("source")
    ? parts.text("source", "say where the figure comes from")
    : `as ${platform} has it`;
  const isUnconfirmed =
    parts.has("unconfirmed") && parts.flag("unconfirmed", "true where the figure is to be confirmed");
  return [parts.number("value", rule), { citation, ...(isUnconfirmed && { isUnconfirmed }) }];
}
