import { nearest } from "../nearest.ts";
import { list } from "../section.ts";
import type { ImportSource, SourceMapping } from "./import-source.ts";
import { tidy } from "./import-source.ts";
import type { Imported, ImportedNetwork, ImportedNode } from "./imported-network.ts";
import { genericDevice, nvDevice, type SquidasmDevice } from "./squidasm-device.ts";
import { type LinkEnds, linkTypes, readLink, type SquidasmLink } from "./squidasm-link.ts";
import { TokenNames } from "./token-names.ts";

const conventions = [
  "Times: ns there; s for T1 and T2 here, whole ns for durations. T1 or T2 of 0 is for ever.",
  "Lengths: km; `length` is the whole fibre, with the station in its middle.",
  "T2 is the total coherence time in both. A depolarising probability is that of replacement by the maximally mixed " +
    "state in both; two qubits are depolarised one by one there and together here.",
  "Loss: emissionEfficiency = (1 − p_loss_init) · collection_efficiency · detector_efficiency; fibre apart.",
  "Bell states: numbered Φ+, Ψ+, Ψ−, Φ− there, Φ+, Ψ+, Φ−, Ψ− here; no number below depends on it.",
  "Delivery: there success in the first attempt costs no time; here n attempts take n periods, so a pair comes one " +
    "period later.",
  "Noise in memory: only idle qubits decay there; here a qubit decays during gates too.",
];

interface Stack {
  readonly mapping: SourceMapping;
  /** As the source calls it. */
  readonly name: string;
  readonly token: string;
}

/**
 * Reads a network of SquidASM (`stacks`) or of the NetSquid network builder (`processing_nodes`) into the conventions
 * of the topology file. Formats: the published configuration classes of SquidASM; the double-click model is that of
 * Avis et al. 2023, which is also ours.
 * @throws TopologyError for the first contradictory, unphysical or missing value.
 */
export function importSquidasm(source: ImportSource): ImportedNetwork {
  const { top } = source;
  const names = new TokenNames();
  const stacks = readStacks(top, names);
  const links = readLinks(top, stacks);
  const speed = fibreSpeed(links);
  const nodes = stacks.map((stack) => importedNode(stack, links));
  warnClassicalLinks(top, stacks, links, speed.value);
  return {
    tool: "SquidASM (NetSquid)",
    name: names.take(source.file.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "")),
    fibreSpeedKmPerS: speed,
    cutoffMs: undefined,
    nodes,
    links: links.map((link) => link.finish(speed.value, names.take(`${link.ends.tokens[0]}-${link.ends.tokens[1]}`))),
    conventions,
  };
}

function readStacks(top: SourceMapping, names: TokenNames): readonly Stack[] {
  const [field, other] = top.has("stacks") ? ["stacks", "processing_nodes"] : ["processing_nodes", "stacks"];
  if (top.has(other)) throw top.error(other, `${field} is given too`, "give the nodes in one of the two lists");
  const items = top.mappings(field);
  if (items.length === 0) throw top.error(field, "there are no nodes", "give stacks, as in [{name: Alice, ...}]");
  const seen = new Set<string>();
  return items.map((mapping) => {
    const name = mapping.text("name", "give the node's name");
    if (seen.has(name))
      throw mapping.error("name", `${JSON.stringify(name)} is given twice`, "give each node its own name");
    seen.add(name);
    return { mapping, name, token: names.take(name) };
  });
}

function readLinks(top: SourceMapping, stacks: readonly Stack[]): readonly SquidasmLink[] {
  const emission = new Map(
    stacks.map(({ name, mapping }) => [name, mapping.has("qdevice_cfg") ? mapping.mapping("qdevice_cfg") : undefined]),
  );
  return top.mappings("links").map((mapping) => {
    const ends = readEnds(mapping, stacks);
    const type = mapping.text("typ", `give one of ${list(linkTypes)}`);
    if (!linkTypes.includes(type)) {
      const near = nearest(type, linkTypes);
      const expected =
        near === undefined ? `give one of ${list(linkTypes)}` : `did you mean ${near}? (${list(linkTypes)})`;
      throw mapping.error("typ", `${JSON.stringify(type)} is a link type that cannot be imported`, expected);
    }
    const devices = ends.names.map((name) => emission.get(name)) as [
      SourceMapping | undefined,
      SourceMapping | undefined,
    ];
    return readLink(mapping, type, ends, devices);
  });
}

/** Both dialects: `stack1`, `stack2` of SquidASM and `node1`, `node2` of the network builder. */
function readEnds(mapping: SourceMapping, stacks: readonly Stack[]): LinkEnds {
  const fields = mapping.has("node1") || mapping.has("node2") ? ["node1", "node2"] : ["stack1", "stack2"];
  const found = fields.map((field) => {
    const name = mapping.text(field, "give the name of a node");
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack !== undefined) return stack;
    const near = nearest(
      name,
      stacks.map((candidate) => candidate.name),
    );
    const expected = near === undefined ? "give the name of a node of the list" : `did you mean ${near}?`;
    throw mapping.error(field, `unknown node ${JSON.stringify(name)}`, expected);
  }) as [Stack, Stack];
  if (found[0] === found[1]) {
    throw mapping.error(fields[1] as string, "the link joins a node to itself", "give two different nodes");
  }
  return { names: [found[0].name, found[1].name], tokens: [found[0].token, found[1].token] };
}

function importedNode({ mapping, name, token }: Stack, links: readonly SquidasmLink[]): ImportedNode {
  const type = mapping.choice("qdevice_typ", ["generic", "nv"], "generic");
  const degree = links.filter(({ ends }) => ends.names.includes(name)).length;
  const device = mapping.mapping("qdevice_cfg");
  const converted: SquidasmDevice = type === "generic" ? genericDevice(device, degree) : nvDevice(device, degree);
  return { name: token, from: `${JSON.stringify(name)}, qdevice_typ ${type}`, ...converted };
}

/** One fibre speed for the whole network here: the slowest, so that every period still holds its round trip. */
function fibreSpeed(links: readonly SquidasmLink[]): Imported {
  const speeds = links.flatMap((link) => link.speeds);
  const slowest = Math.min(...speeds.map(({ value }) => value));
  if (speeds.length === 0) return { value: 200_000, from: "no link gives speed_of_light" };
  for (const link of links) {
    for (const { value } of link.speeds) {
      if (value === slowest) continue;
      link.configuration.warn(
        "",
        `speed_of_light ${value} km/s: one speed for the whole network here, ${slowest} km/s`,
      );
    }
  }
  return speeds.find(({ value }) => value === slowest) as Imported;
}

const delayRule = { unit: "ns", min: 0, max: 1e15, meaning: "one way" } as const;
const lengthRule = { unit: "km", min: 0, max: 1e6, meaning: "length of the connection" } as const;
const speedRule = { unit: "km/s", min: 0, above: true, max: 1e6, default: 200_000, meaning: "speed of light" } as const;

/** Classical messages take the light time of the links' fibres here, whatever the source says. */
function warnClassicalLinks(
  top: SourceMapping,
  stacks: readonly Stack[],
  links: readonly SquidasmLink[],
  speedKmPerS: number,
): void {
  for (const mapping of top.mappings("clinks")) {
    const { names } = readEnds(mapping, stacks);
    const type = mapping.choice("typ", ["instant", "default"], "default");
    const configuration = mapping.mapping("cfg");
    const lengthKm = configuration.number("length", lengthRule);
    const speed = configuration.number("speed_of_light", speedRule) ?? speedRule.default;
    const delayNs = configuration.number("delay", delayRule) ?? (lengthKm === undefined ? 0 : (lengthKm * 1e9) / speed);
    const there = type === "instant" ? 0 : delayNs;
    const between = links.find(({ ends }) => names.every((name) => ends.names.includes(name)));
    if (between === undefined) {
      mapping.warn("", `${there} ns between ${names.join(" and ")}: messages follow the fibres of the links here`);
      continue;
    }
    const light = (between.lengthKm * 1e9) / speedKmPerS;
    if (Math.abs(there - light) < 1) continue;
    mapping.warn("", `${tidy(there)} ns one way there; messages take the fibre's light time here, ${tidy(light)} ns`);
  }
}
