import { oscillatorClasses, platforms } from "@bellmesh/hardware";
import { defaultsFields, linkFields, nodeFields } from "./parse-hardware.ts";
import { topFields } from "./parse-topology.ts";
import {
  clockFields,
  clockPresets,
  cutoffField,
  fibreFields,
  gateFields,
  heraldingFields,
  lengthFields,
  memoryFields,
  type NumberField,
  type NumberFields,
  networkFields,
  readoutFields,
} from "./schema.ts";

type Json = Readonly<Record<string, unknown>>;

const token = { type: "string", pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", maxLength: 63 };

/**
 * The JSON Schema of a topology file, for editors that complete and check while one writes. It knows each field on its
 * own; what needs two fields (T2 ≤ 2·T1, known nodes, defaults) only the parser checks.
 */
export function topologyJsonSchema(): Json {
  const memory = mapping(numbers(memoryFields), Object.keys(memoryFields));
  const gates = mapping(numbers(gateFields), Object.keys(gateFields));
  const readout = mapping(numbers(readoutFields), Object.keys(readoutFields));
  const heralding = mapping({ scheme: { const: "double-click" }, ...numbers(heraldingFields) });
  const platform = { enum: [...platforms.keys()], description: "the hardware whose figures are the defaults" };
  const hardware = { platform, memory, gates, readout };
  const clock = mapping({
    grandmaster: { ...token, description: "the node whose clock is the reference; the first node by default" },
    preset: { enum: Object.keys(clockPresets), default: "white-rabbit" },
    oscillator: { enum: Object.keys(oscillatorClasses), description: "the class of the nodes' oscillators" },
    ...numbers(clockFields),
  });
  const fields: Json = {
    name: { ...token, description: "the network's name" },
    ...numbers({ ...networkFields, ...cutoffField }),
    clock,
    defaults: mapping({ ...hardware, heralding, ...numbers(fibreFields) }, defaultsFields),
    nodes: { type: "array", minItems: 1, items: mapping({ name: token, ...hardware }, nodeFields, ["name"]) },
    links: { type: "array", items: linkSchema(heralding) },
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "bellmesh topology",
    ...mapping(fields, topFields, ["name", "nodes", "links"]),
  };
}

function linkSchema(heralding: Json): Json {
  const pair = (items: unknown) => ({ type: "array", items, minItems: 2, maxItems: 2 });
  const fields: Json = {
    name: { ...token, description: "by default the names of its ends joined by a hyphen" },
    between: { ...pair(token), description: "the two nodes it joins" },
    ...numbers(lengthFields),
    armsKm: { ...pair(number(lengthFields.lengthKm)), description: "fibre from each end to the heralding station" },
    ...numbers(fibreFields),
    heralding,
  };
  const either = [{ required: ["lengthKm"] }, { required: ["armsKm"], not: { required: ["midpoint"] } }];
  return { ...mapping(fields, linkFields, ["between"]), oneOf: either };
}

/** A mapping of these fields and no others; `order` must name them all, as the parser's list does. */
function mapping(fields: Json, order: readonly string[] = Object.keys(fields), required?: readonly string[]): Json {
  const properties = Object.fromEntries(order.map((field) => [field, fields[field]]));
  return { type: "object", additionalProperties: false, ...(required && { required }), properties };
}

function numbers(fields: NumberFields): Json {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, number(field)]));
}

function number(field: NumberField): Json {
  const high = field.max === Number.MAX_VALUE ? {} : { [field.below ? "exclusiveMaximum" : "maximum"]: field.max };
  return {
    description: field.unit === "" ? field.meaning : `${field.meaning}, in ${field.unit}`,
    type: field.whole ? "integer" : "number",
    [field.above ? "exclusiveMinimum" : "minimum"]: field.min,
    ...high,
    ...(field.default !== undefined && { default: field.default }),
  };
}
