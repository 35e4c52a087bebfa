import { type Emission, type Figure, type Platform, platforms } from "@bellmesh/hardware";
import type { singleClickFields } from "./link-schema.ts";
import { looksLikePlatformFile } from "./platform/load-platform.ts";
import { parsePlatform, platformIn } from "./platform/parse-platform.ts";
import { platformTopFields } from "./platform/platform-schema.ts";
import type { gateFields, heraldingFields, memoryFields, readoutFields } from "./schema.ts";
import type { Section } from "./section.ts";
import type { storageFields } from "./storage-schema.ts";

type Given<Fields> = { readonly [Name in keyof Fields]?: number };

/** What a platform says of the fields of a topology; what it does not say is absent. */
export interface PlatformFields {
  readonly name?: string;
  /** How it sends photons, for the fibres that carry them. */
  readonly emission?: Emission;
  readonly memory: Given<typeof memoryFields & typeof storageFields>;
  readonly gates: Given<typeof gateFields>;
  readonly readout: Given<typeof readoutFields>;
  readonly heralding: Given<typeof heraldingFields & Omit<typeof singleClickFields, "bestEffortFidelity">>;
}

const NOTHING: PlatformFields = { memory: {}, gates: {}, readout: {}, heralding: {} };

/**
 * Reads the `platform` of a node or of the defaults: a name, a file relative to the topology's, or a platform written
 * out. @throws TopologyError when there is none, or it cannot be
 */
export function platformFieldsOf(section: Section): PlatformFields {
  return section.has("platform") ? platformFields(platformOf(section)) : NOTHING;
}

function platformOf(section: Section): Platform {
  if (section.isMapping("platform")) return platformIn(section.section("platform", platformTopFields));
  const source = section.maybeText("platform");
  if (source !== undefined && looksLikePlatformFile(source)) {
    const { file, text } = section.beside("platform", source);
    return parsePlatform(text, file);
  }
  return platforms.get(section.choice("platform", [...platforms.keys()], "ideal")) as Platform;
}

/**
 * How many qubits a node has, for each link and in storage, is the topology's to say. A move takes two-qubit gates: one
 * of them is its noise where the platform does not say. Attempts dephase all that a node stores as they do storage
 * qubits.
 */
function platformFields(platform: Platform): PlatformFields {
  const { communication, storage, emission } = platform;
  return {
    name: platform.name,
    emission,
    memory: given({
      t1S: value(communication.t1S),
      t2S: value(communication.t2S),
      attemptDephasing: value(storage?.attemptDephasing),
      storageT1S: value(storage?.t1S),
      storageT2S: value(storage?.t2S),
      moveNs: nanoseconds(storage?.moveS),
      moveDepolarising: storage && value(storage.moveDepolarising ?? platform.twoQubitDepolarising),
    }),
    gates: given({
      twoQubitDepolarising: value(platform.twoQubitDepolarising),
      twoQubitNs: nanoseconds(platform.twoQubitS),
      oneQubitDepolarising: value(communication.oneQubitDepolarising),
      oneQubitNs: nanoseconds(communication.oneQubitS),
      initialDepolarising: value(communication.initialDepolarising),
      initialNs: nanoseconds(communication.initialS),
    }),
    readout: given({
      p01: value(platform.p01),
      p10: value(platform.p10),
      durationNs: nanoseconds(platform.readoutS),
    }),
    heralding: given({
      emissionEfficiency: value(emission.efficiency),
      emissionFidelity: value(emission.fidelity),
      darkCountProbability: value(emission.darkCountProbability),
      visibility: value(emission.visibility),
      detectionWindowNs: nanoseconds(emission.detectionWindowS),
      photonLifetimeNs: nanoseconds(emission.photonLifetimeS),
      phaseStdRad: value(emission.phaseStdRad),
      doubleExcitation: value(emission.doubleExcitation),
    }),
  };
}

function value(figure: Figure | undefined): number | undefined {
  return figure?.[0];
}

function nanoseconds(figure: Figure | undefined): number | undefined {
  return figure && Math.round(figure[0] * 1e9);
}

/** Without what is undefined. */
function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const entries = Object.entries(fields).filter(([, number]) => number !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}
