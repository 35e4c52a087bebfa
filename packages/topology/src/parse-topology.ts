import { type OscillatorClassName, oscillatorClasses } from "@bellmesh/hardware";
import { type ReadBeside, readDocument, type SourceDocument } from "./document.ts";
import { nearest } from "./nearest.ts";
import {
  type HardwareDefaults,
  linkFields,
  nodeFields,
  parseDefaults,
  parseLink,
  parseNode,
} from "./parse-hardware.ts";
import { clockFields, clockPresets, cutoffField, networkFields } from "./schema.ts";
import { list, Section, show } from "./section.ts";
import type { ClockPreset, ClockSpec, Link, Topology, TopologyNode } from "./topology.ts";

/** The fields at the top of a topology file. */
export const topFields = [
  "name",
  ...Object.keys(networkFields),
  "clock",
  ...Object.keys(cutoffField),
  "defaults",
  "nodes",
  "links",
];

/** Names that places of the deployment already have. */
const RESERVED = ["nature", "collector", "observer"];
const NODES_MAX = 10_000;
const LINKS_MAX = 100_000;

/**
 * Reads the text of a topology file, YAML or JSON. The schema stands in this package's README.
 * @param file the name to give in errors.
 * @param beside reads platforms that are named by their files; without it there are none.
 * @throws TopologyError naming the first mistake.
 */
export function parseTopology(text: string, file: string, beside?: ReadBeside): Topology {
  return topologyOf(readDocument(text, file, beside));
}

/** Reads a topology from an already parsed document. */
export function topologyOf(document: SourceDocument): Topology {
  const top = new Section(document, [], document.value ?? null, topFields);
  const name = top.token("name", "a name for the network");
  const numbers = top.numbers(networkFields);
  const cutoffMs = top.optionalNumber("cutoffMs", cutoffField.cutoffMs);
  const defaults = parseDefaults(top);
  const nodes = parseNodes(top, defaults);
  const clock = parseClock(top, nodes);
  const links = parseLinks(top, defaults, nodes, numbers.fibreSpeedKmPerS);
  return { name, ...numbers, clock, nodes, links, cutoffS: cutoffMs === undefined ? undefined : cutoffMs / 1000 };
}

function parseNodes(top: Section, defaults: HardwareDefaults): readonly TopologyNode[] {
  const expected = "give a list of nodes, as in [{name: alice}, {name: bob}]";
  const items = top.list("nodes", expected);
  if (items.length === 0) throw top.error("nodes", "there are no nodes", expected);
  if (items.length > NODES_MAX) throw top.error("nodes", `${items.length} nodes`, `give at most ${NODES_MAX}`);
  const names = new Set<string>(RESERVED);
  return items.map((item, position) => {
    const section = top.item("nodes", position, item, nodeFields);
    const node = parseNode(section, defaults);
    if (RESERVED.includes(node.name)) {
      throw section.error("name", `${show(node.name)} is reserved`, "choose another name");
    }
    if (names.has(node.name)) {
      throw section.error("name", `${show(node.name)} is the name of an earlier node`, "give each node its own name");
    }
    names.add(node.name);
    return node;
  });
}

function parseClock(top: Section, nodes: readonly TopologyNode[]): ClockSpec {
  const clock = top.section("clock", ["grandmaster", "preset", "oscillator", ...Object.keys(clockFields)]);
  const names = nodes.map((node) => node.name);
  const grandmaster = clock.has("grandmaster") ? clock.text("grandmaster", "give the name of a node") : names[0];
  if (grandmaster === undefined || !names.includes(grandmaster)) {
    throw clock.error("grandmaster", `${show(grandmaster)} is not a node`, suggestNode(grandmaster ?? "", names));
  }
  const preset = clock.choice("preset", Object.keys(clockPresets) as ClockPreset[], "white-rabbit");
  const classNames = Object.keys(oscillatorClasses) as OscillatorClassName[];
  const oscillator = clock.has("oscillator") ? oscillatorClasses[clock.choice("oscillator", classNames, "tcxo")] : {};
  const usual = { ...clockPresets[preset], ...oscillator };
  const number = (field: keyof typeof clockFields) => clock.optionalNumber(field, clockFields[field]) ?? usual[field];
  return {
    grandmaster,
    preset,
    stampJitterPs: number("stampJitterPs"),
    syncIntervalS: number("syncIntervalS"),
    asymmetryPs: number("asymmetryPs"),
    initialOffsetNs: number("initialOffsetNs"),
    driftPpb: number("driftPpb"),
    agingPpbPerDay: number("agingPpbPerDay"),
    whiteAt1S: number("whiteAt1S"),
    flickerFloor: number("flickerFloor"),
  };
}

function parseLinks(
  top: Section,
  defaults: HardwareDefaults,
  nodes: readonly TopologyNode[],
  fibreSpeedKmPerS: number,
): readonly Link[] {
  const expected = "give a list of links, as in [{between: [alice, bob], lengthKm: 10}]";
  const items = top.list("links", expected);
  if (items.length > LINKS_MAX) throw top.error("links", `${items.length} links`, `give at most ${LINKS_MAX}`);
  const nodeNames = new Set(nodes.map((node) => node.name));
  const names = new Set<string>();
  return items.map((item, position) => {
    const section = top.item("links", position, item, linkFields);
    const link = parseLink(section, defaults, fibreSpeedKmPerS, (name) => {
      if (nodeNames.has(name)) return undefined;
      return suggestNode(name, [...nodeNames]);
    });
    checkLinkName(section, link.name, names, nodeNames);
    names.add(link.name);
    return link;
  });
}

/** Links and nodes share the bus's subject tokens, so their names must differ. */
function checkLinkName(section: Section, name: string, links: ReadonlySet<string>, nodes: ReadonlySet<string>): void {
  const field = section.has("name") ? "name" : "";
  if (links.has(name)) {
    const expected = `give ${field === "" ? "it" : "each link"} its own name, as in name: ${name}-2`;
    throw section.error(field, `there is already a link named ${show(name)}`, expected);
  }
  if (nodes.has(name) || RESERVED.includes(name)) {
    throw section.error(
      field,
      `${show(name)} is ${nodes.has(name) ? "a node's name" : "reserved"}`,
      "name the link otherwise",
    );
  }
}

function suggestNode(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean ${near}?`;
  return names.length <= 12 ? `the nodes are ${list(names)}` : "give the name of a node in the list nodes";
}
