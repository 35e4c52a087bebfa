import type { Figure, Platform } from "@bellmesh/hardware";
import { type FigureField, platformSections } from "./platform-schema.ts";

/**
 * A platform as the text of a platform file, with what each figure means: a starting point for one's own.
 * `parsePlatform` reads it back.
 */
export function platformText(platform: Platform): string {
  const { communication, storage, emission } = platform;
  const lines = [
    "# A platform: name this file as `platform` in a topology that stands beside it, as in `platform: ./my-lab.yaml`.",
    "# A figure is a number, or {value, source, unconfirmed}. Times are in s, probabilities in [0, 1].",
    `name: ${platform.name}`,
    `title: ${JSON.stringify(platform.title)}`,
    "communication:",
    ...figures(communication, platformSections.communication, "  "),
    ...(storage ? ["storage:", ...figures(storage, platformSections.storage, "  ")] : []),
    ...figures(platform, platformSections.gates, ""),
    "emission:",
    `  scheme: ${emission.scheme}`,
    ...figures(emission, platformSections.emission, "  "),
  ];
  return `${lines.join("\n")}\n`;
}

function figures(record: object, fields: Readonly<Record<string, FigureField>>, indent: string): string[] {
  const given = record as Readonly<Record<string, Figure | undefined>>;
  return Object.entries(fields).flatMap(([field, { meaning, unit }]) => {
    const figure = given[field];
    if (!figure) return [];
    const [value, { citation, isUnconfirmed }] = figure;
    const number = value === Number.POSITIVE_INFINITY ? ".inf" : `${value}`;
    const unconfirmed = isUnconfirmed ? ", unconfirmed: true" : "";
    return [
      `${indent}# ${meaning}${unit === "" ? "" : `, in ${unit}`}`,
      `${indent}${field}: {value: ${number}, source: ${JSON.stringify(citation)}${unconfirmed}}`,
    ];
  });
}
