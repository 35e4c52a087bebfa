import { fibreDelayNs, fibreLight } from "@bellmesh/hardware";
import { isMoving, lightSpeedKmPerS } from "./arm-channels.ts";
import type { FibreWay, LinkChannel, SatelliteWay } from "./link-channel.ts";
import { choosesAlpha, modelOf } from "./link-model.ts";
import {
  allChannelNames,
  attenuationOf,
  checked,
  parseChannel,
  parseSchedule,
  satelliteArmsKm,
} from "./parse-channel.ts";
import { checkHeraldingDefaults, heraldingNames, parseHeralding } from "./parse-heralding.ts";
import { type PlatformFields, platformFieldsOf } from "./platform-fields.ts";
import { describeField, fibreFields, gateFields, lengthFields, memoryFields, readoutFields } from "./schema.ts";
import { isToken, type Others, type Section, show } from "./section.ts";
import { storageFields } from "./storage-schema.ts";
import type { Link, Memory, Readout, Scheduler, TopologyNode } from "./topology.ts";

/** The fields of a node's memory. */
export const memoryNames = [...Object.keys(memoryFields), ...Object.keys(storageFields)];
export const nodeFields = ["name", "platform", "memory", "gates", "readout"];
export const linkFields = [
  "name",
  "between",
  "lengthKm",
  "midpoint",
  "armsKm",
  ...Object.keys(fibreFields),
  "channel",
  "schedule",
  "scheduler",
  "heralding",
];
const sectionNames = ["platform", "memory", "gates", "readout", "heralding"];
export const defaultsFields = [...sectionNames, ...Object.keys(fibreFields), "scheduler"];
/** In which order links may serve their requests; the first is what an absent one means. */
export const schedulers = ["fcfs", "strict-priority"] as const satisfies readonly Scheduler[];

const SUCCESS_MIN = 1e-15;
const ROUNDING = 1e-12;

/** The sections of `defaults`, which every node and link falls back to. */
export interface HardwareDefaults {
  readonly top: Section;
  readonly memory: Section;
  readonly gates: Section;
  readonly readout: Section;
  readonly heralding: Section;
  readonly platform: PlatformFields;
  readonly scheduler: Scheduler;
}

/** Opens `defaults` and checks all that stands there, so that a mistake shows even where every node overrides it. */
export function parseDefaults(top: Section): HardwareDefaults {
  const defaults = top.section("defaults", defaultsFields);
  const sections: HardwareDefaults = {
    top: defaults,
    memory: defaults.section("memory", memoryNames),
    gates: defaults.section("gates", Object.keys(gateFields)),
    readout: defaults.section("readout", Object.keys(readoutFields)),
    heralding: defaults.section("heralding", heraldingNames),
    platform: platformFieldsOf(defaults),
    scheduler: defaults.choice("scheduler", schedulers, schedulers[0]),
  };
  defaults.checkGiven(fibreFields);
  sections.memory.checkGiven({ ...memoryFields, ...storageFields });
  sections.gates.checkGiven(gateFields);
  sections.readout.checkGiven(readoutFields);
  checkHeraldingDefaults(sections.heralding);
  checkCoherence(sections.memory, sections.memory.optionalNumber("t1S", memoryFields.t1S), undefined);
  return sections;
}

/** A node: what it states itself, over the defaults of the file. @throws TopologyError */
export function parseNode(section: Section, defaults: HardwareDefaults): TopologyNode {
  const name = section.token("name", "a name");
  const platform = platformFieldsOf(section);
  const others = (of: "memory" | "gates" | "readout") => {
    return { platform: platform[of], fallback: defaults[of], fallbackPlatform: defaults.platform[of] };
  };
  const memorySection = section.section("memory", memoryNames);
  const memory = parseMemory(memorySection, others("memory"));
  const gates = section.section("gates", Object.keys(gateFields)).numbers(gateFields, others("gates"));
  const readoutSection = section.section("readout", Object.keys(readoutFields));
  const readout: Readout = readoutSection.numbers(readoutFields, others("readout"));
  if (readout.p01 + readout.p10 > 1) {
    const expected = "give p01 + p10 of at most 1, otherwise the two answers have changed names";
    throw readoutSection.error("p01", `p01 + p10 is ${readout.p01 + readout.p10}`, expected);
  }
  const platformName = platform.name ?? defaults.platform.name;
  return { name, ...(platformName !== undefined && { platform: platformName }), memory, gates, readout };
}

/** Communication qubits, and the storage where there is some. */
function parseMemory(section: Section, others: Others): Memory {
  const memory = section.numbers(memoryFields, others);
  checkCoherence(section, memory.t1S, memory.t2S);
  const fields = {
    ...storageFields,
    storageT1S: { ...storageFields.storageT1S, default: memory.t1S },
    storageT2S: { ...storageFields.storageT2S, default: memory.t2S },
  };
  const { storageSlots: slots, storageT1S: t1S, storageT2S: t2S, ...move } = section.numbers(fields, others);
  if (slots === 0) return memory;
  if (t2S > 2 * t1S) {
    const problem = `T2 = ${t2S} s is more than 2·T1 = ${2 * t1S} s`;
    throw section.error(section.has("storageT2S") ? "storageT2S" : "storageT1S", problem, "give T2 of at most 2·T1");
  }
  return { ...memory, storage: { slots, t1S, t2S, ...move } };
}

/** A channel with T2 > 2·T1 is not a physical one: relaxation alone takes half of its rate off the coherence. */
function checkCoherence(section: Section, t1S: number | undefined, t2S: number | undefined): void {
  const coherenceS = t2S ?? section.optionalNumber("t2S", memoryFields.t2S);
  if (t1S === undefined || coherenceS === undefined || coherenceS <= 2 * t1S) return;
  const field = section.has("t2S") || !section.has("t1S") ? "t2S" : "t1S";
  throw section.error(field, `T2 = ${coherenceS} s is more than 2·T1 = ${2 * t1S} s`, "give T2 of at most 2·T1");
}

/** @param missingNode what to suggest when a name is no node, undefined when it is one. */
export function parseLink(
  section: Section,
  defaults: HardwareDefaults,
  fibreSpeedKmPerS: number,
  missingNode: (name: string) => string | undefined,
): Link {
  const ends = parseEnds(section, missingNode);
  const name = section.has("name") ? section.token("name", "a name") : `${ends[0]}-${ends[1]}`;
  if (!isToken(name)) {
    throw section.error("", `the name ${show(name)} is too long`, "give the link a name of at most 63 characters");
  }
  const { channel: given, passes } = parseChannel(section) ?? {};
  const armsKm = given?.medium === "satellite" ? parseNoArms(section, given) : parseArms(section);
  const channel = given ?? platformFibre(defaults.platform, armsKm);
  const isUsual = given === undefined && (channel === undefined || defaults.top.has("attenuationDbPerKm"));
  const attenuationDbPerKm = parseAttenuation(section, defaults, isUsual ? undefined : channel);
  const heraldingSection = section.section("heralding", heraldingNames);
  const heralding = parseHeralding(heraldingSection, defaults.heralding, defaults.platform.heralding);
  const schedule = parseSchedule(section, passes);
  const scheduler = section.choice("scheduler", schedulers, defaults.scheduler);
  const link: Link = {
    ...{ name, ends, armsKm, attenuationDbPerKm, heralding },
    ...(channel && { channel }),
    ...(schedule && { schedule }),
    ...(scheduler !== schedulers[0] && { scheduler }),
  };
  checkPeriod(heraldingSection, link, fibreSpeedKmPerS);
  checkTogether(heraldingSection, link);
  checkYield(section, link, fibreSpeedKmPerS);
  return link;
}

/** What a scheme and a channel must have of one another. */
function checkTogether(section: Section, link: Link): void {
  const { channel, heralding } = link;
  if (channel?.medium === "microwave" && heralding.scheme !== "deterministic") {
    const problem = `${heralding.scheme} does not go over a microwave line`;
    throw section.error("scheme", problem, "give deterministic, or another medium");
  }
  if (isMoving(channel) && choosesAlpha(link)) {
    const problem = "requests cannot choose it where a satellite moves";
    throw section.error("alpha", problem, "give a bright-state population in (0, 0.5]");
  }
}

/** Attempts that rarely succeed do not once in the longest run there can be; no Pauli eigenvalue is below 0. */
function checkYield(section: Section, link: Link, fibreSpeedKmPerS: number): void {
  const way = link.channel === undefined ? section : section.section("channel", allChannelNames);
  const { successProbability, weights, eigenvalues, alpha } = checked(way, () => modelOf(link, fibreSpeedKmPerS));
  if (successProbability < SUCCESS_MIN) {
    const problem = `hardly any photon gets through: an attempt succeeds with probability ${successProbability}`;
    throw section.error("", problem, `shorten the link or improve its efficiency, to at least ${SUCCESS_MIN}`);
  }
  // The search for the best path rests on it; double click has it by the bounds of its fields.
  if (Math.min(eigenvalues.x, eigenvalues.y, eigenvalues.z) < -ROUNDING) {
    const at = alpha === undefined ? "" : ` at alpha ${alpha}`;
    const fidelity = weights[0].toFixed(4);
    const problem = `its pairs would have the fidelity ${fidelity}${at}, and read opposite to what is announced`;
    throw section.error("", problem, "give parameters of a link that entangles: above 0.5 no pair does");
  }
}

/** A fibre for the light that a platform says it sends; undefined where it says nothing. */
function platformFibre({ emission }: PlatformFields, armsKm: readonly [number, number]): FibreWay | undefined {
  const light = emission && fibreLight(emission, armsKm);
  return light && { medium: "fibre", ...light };
}

/** As the link says, or by its wavelength, or as the defaults say; a way that is no fibre has none. */
function parseAttenuation(section: Section, defaults: HardwareDefaults, channel: LinkChannel | undefined): number {
  const rule = fibreFields.attenuationDbPerKm;
  const own = section.optionalNumber("attenuationDbPerKm", rule);
  if (channel !== undefined && channel.medium !== "fibre") {
    if (own === undefined) return 0;
    const problem = `the channel is ${channel.medium}, not a fibre`;
    throw section.error("attenuationDbPerKm", problem, "leave it out; the channel says its own loss");
  }
  if (own === undefined && channel !== undefined) return attenuationOf(channel);
  return section.numbers(fibreFields, { fallback: defaults.top }).attenuationDbPerKm;
}

function parseNoArms(section: Section, channel: SatelliteWay): readonly [number, number] {
  for (const field of ["lengthKm", "midpoint", "armsKm"]) {
    if (!section.has(field)) continue;
    throw section.error(field, "the satellite's height and mask say how far it is", "leave it out");
  }
  return satelliteArmsKm(channel);
}

function parseEnds(section: Section, missingNode: (name: string) => string | undefined): readonly [string, string] {
  const expected = "give two nodes, as in [alice, bob]";
  const between = section.list("between", expected);
  if (between.length !== 2) throw section.error("between", `this list has ${between.length} items`, expected);
  for (const [position, end] of between.entries()) {
    if (typeof end !== "string") throw section.itemError("between", position, `${show(end)} is not a name`, expected);
    const remedy = missingNode(end);
    if (remedy !== undefined) throw section.itemError("between", position, `unknown node ${show(end)}`, remedy);
  }
  const [a, b] = between as [string, string];
  if (a === b) throw section.error("between", `the link joins ${show(a)} to itself`, "give two different nodes");
  return [a, b];
}

function parseArms(section: Section): readonly [number, number] {
  if (section.has("armsKm")) {
    for (const other of ["lengthKm", "midpoint"]) {
      if (!section.has(other)) continue;
      throw section.error(other, "armsKm is given too", "give either lengthKm (with midpoint) or armsKm");
    }
    return section.numberPair("armsKm", lengthFields.lengthKm);
  }
  if (!section.has("lengthKm")) {
    const expected = `give it as ${describeField(lengthFields.lengthKm)}, or armsKm as two of them`;
    throw section.error("lengthKm", "this field is missing", expected);
  }
  const { lengthKm, midpoint } = section.numbers(lengthFields);
  const firstKm = lengthKm * midpoint;
  return [firstKm, midpoint === 0.5 ? firstKm : lengthKm - firstKm];
}

function checkPeriod(section: Section, link: Link, fibreSpeedKmPerS: number): void {
  const { periodNs, detectionWindowNs } = link.heralding;
  const longerKm = Math.max(link.armsKm[0], link.armsKm[1]);
  const lightNs = fibreDelayNs(longerKm, lightSpeedKmPerS(link, fibreSpeedKmPerS));
  const roundTripNs = 2 * lightNs + (link.channel?.classicalOverheadNs ?? 0);
  if (periodNs < roundTripNs) {
    const problem = `${periodNs} ns is shorter than the round trip of the longer arm, ${roundTripNs} ns`;
    throw section.error("periodNs", problem, `give at least ${Math.ceil(roundTripNs)}, for the herald must be back`);
  }
  if (detectionWindowNs > periodNs) {
    const problem = `${detectionWindowNs} ns is longer than the period of ${periodNs} ns`;
    throw section.error("detectionWindowNs", problem, "give a window of at most the period");
  }
}
