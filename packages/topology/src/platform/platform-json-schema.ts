import { type Json, mapping, number, token } from "../json-schema-parts.ts";
import {
  type FigureFields,
  figureParts,
  platformSchemes,
  platformSections,
  platformTopFields,
} from "./platform-schema.ts";

/** The JSON Schema of a platform file, for editors; what needs two figures (T2 ≤ 2·T1) only the parser checks. */
export function platformJsonSchema(): Json {
  return { $schema: "http://json-schema.org/draft-07/schema#", title: "bellmesh platform", ...platformMapping() };
}

/** A platform as a part of a schema. */
export function platformMapping(): Json {
  const { communication, storage, gates, emission } = platformSections;
  const scheme = { enum: platformSchemes, description: "the scheme it is usually heralded by" };
  const fields: Json = {
    name: { ...token, description: "its name, none of those that come along" },
    title: { type: "string", description: "what it is, in some words" },
    communication: mapping(figures(communication), undefined, required(communication)),
    storage: mapping(figures(storage), undefined, required(storage)),
    ...figures(gates),
    emission: mapping({ scheme, ...figures(emission) }, undefined, ["scheme", ...required(emission)]),
  };
  const must = ["name", "communication", ...required(gates), "emission"];
  return mapping(fields, platformTopFields, must);
}

function figures(fields: FigureFields): Json {
  const entries = Object.entries(fields).map(([name, field]) => {
    const value = number(field);
    const source = { type: "string", description: "where it comes from" };
    const unconfirmed = { type: "boolean", description: "it is to be confirmed before one relies on it" };
    const figure = mapping({ value, source, unconfirmed }, figureParts, ["value"]);
    return [name, { description: value.description, anyOf: [value, figure] }];
  });
  return Object.fromEntries(entries) as Json;
}

function required(fields: FigureFields): readonly string[] {
  return Object.entries(fields).flatMap(([name, { optional }]) => (optional ? [] : [name]));
}
