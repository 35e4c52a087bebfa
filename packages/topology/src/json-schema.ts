import { oscillatorClasses, platforms, schemeNames } from "@bellmesh/hardware";
import { type Json, mapping, number, numbers, token } from "./json-schema-parts.ts";
import {
  beamFields,
  elevationField,
  fibreWayFields,
  freeSpaceFields,
  microwaveFields,
  optionalBeamFields,
  optionalFibreWayFields,
  optionalFields,
  optionalWeatherFields,
  orbitFields,
  pauseFields,
  satelliteFields,
  schemeFields,
  schemeWords,
  stationFields,
  wayFields,
  weatherFields,
  windowFields,
} from "./link-schema.ts";
import { allChannelNames, media } from "./parse-channel.ts";
import { defaultsFields, linkFields, memoryNames, nodeFields, schedulers } from "./parse-hardware.ts";
import { heraldingNames } from "./parse-heralding.ts";
import { topFields } from "./parse-topology.ts";
import { platformMapping } from "./platform/platform-json-schema.ts";
import {
  clockFields,
  clockPresets,
  cutoffField,
  fibreFields,
  gateFields,
  lengthFields,
  memoryFields,
  networkFields,
  readoutFields,
} from "./schema.ts";
import { storageFields } from "./storage-schema.ts";

/** What ends or contains this names a file. */
const FILE = "/|[.](ya?ml|json)$";

/**
 * The JSON Schema of a topology file, for editors that complete and check while one writes. It knows each field on its
 * own; what needs two fields (T2 ≤ 2·T1, known nodes, defaults) only the parser checks.
 */
export function topologyJsonSchema(): Json {
  const memory = mapping(numbers({ ...memoryFields, ...storageFields }), memoryNames);
  const gates = mapping(numbers(gateFields), Object.keys(gateFields));
  const readout = mapping(numbers(readoutFields), Object.keys(readoutFields));
  const heralding = heraldingSchema();
  const platform = {
    description: "the hardware whose figures are the defaults: a name, a file beside this one, or written out",
    anyOf: [{ enum: [...platforms.keys()] }, { type: "string", pattern: FILE }, { $ref: "#/definitions/platform" }],
  };
  const hardware = { platform, memory, gates, readout };
  const clock = mapping({
    grandmaster: { ...token, description: "the node whose clock is the reference; the first node by default" },
    preset: { enum: Object.keys(clockPresets), default: "white-rabbit" },
    oscillator: { enum: Object.keys(oscillatorClasses), description: "the class of the nodes' oscillators" },
    ...numbers(clockFields),
  });
  const scheduler = {
    ...{ enum: schedulers, default: schedulers[0] },
    description: "in which order a link serves its requests",
  };
  const fields: Json = {
    name: { ...token, description: "the network's name" },
    ...numbers({ ...networkFields, ...cutoffField }),
    clock,
    defaults: mapping({ ...hardware, heralding, ...numbers(fibreFields), scheduler }, defaultsFields),
    nodes: { type: "array", minItems: 1, items: mapping({ name: token, ...hardware }, nodeFields, ["name"]) },
    links: { type: "array", items: linkSchema(heralding, scheduler) },
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "bellmesh topology",
    definitions: { platform: platformMapping() },
    ...mapping(fields, topFields, ["name", "nodes", "links"]),
  };
}

function linkSchema(heralding: Json, scheduler: Json): Json {
  const pair = (items: unknown) => ({ type: "array", items, minItems: 2, maxItems: 2 });
  const fields: Json = {
    name: { ...token, description: "by default the names of its ends joined by a hyphen" },
    between: { ...pair(token), description: "the two nodes it joins" },
    ...numbers(lengthFields),
    armsKm: { ...pair(number(lengthFields.lengthKm)), description: "fibre from each end to the heralding station" },
    ...numbers(fibreFields),
    channel: channelSchema(),
    schedule: {
      type: "array",
      minItems: 1,
      items: mapping(numbers(windowFields), Object.keys(windowFields), Object.keys(windowFields)),
      description: "when photons pass, in order; always when absent. Classical messages pass always",
    },
    scheduler,
    heralding,
  };
  const medium = { type: "object", properties: { medium: { const: "satellite" } }, required: ["medium"] };
  const satellite = { type: "object", properties: { channel: medium } };
  const either = [
    { required: ["lengthKm"] },
    { required: ["armsKm"], not: { required: ["midpoint"] } },
    { ...satellite, required: ["channel"], not: { anyOf: [{ required: ["lengthKm"] }, { required: ["armsKm"] }] } },
  ];
  return { ...mapping(fields, linkFields, ["between"]), oneOf: either };
}

/** All schemes' fields together: which of them belong to which scheme the parser checks. */
function heraldingSchema(): Json {
  const words = Object.entries(schemeWords).map(([name, known]) => [name, { enum: known, default: known[0] }]);
  const fields: Json = {
    scheme: { enum: schemeNames, default: "double-click" },
    ...numbers(Object.assign({}, ...Object.values(schemeFields))),
    ...numbers(optionalFields),
    ...Object.fromEntries(words),
    pauses: mapping(numbers(pauseFields)),
  };
  return mapping(fields, heraldingNames);
}

function channelSchema(): Json {
  const list = (items: unknown) => ({ type: "array", items, minItems: 2, maxItems: 2 });
  const station = mapping(numbers(stationFields), Object.keys(stationFields), Object.keys(stationFields));
  const fields: Json = {
    medium: { enum: media, default: "fibre" },
    ...numbers({ ...fibreWayFields, ...optionalFibreWayFields, ...beamFields, ...optionalBeamFields }),
    ...numbers({ ...freeSpaceFields, ...satelliteFields, ...microwaveFields, ...wayFields }),
    elevationsDeg: list(number(elevationField.elevationsDeg)),
    orbit: mapping(numbers(orbitFields)),
    stations: list(station),
    weather: mapping(numbers({ ...weatherFields, ...optionalWeatherFields })),
  };
  return mapping(fields, allChannelNames);
}
