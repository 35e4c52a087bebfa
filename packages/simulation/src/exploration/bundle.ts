import { readFileSync, writeFileSync } from "node:fs";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { nearest, whyUnreadable } from "@bellmesh/topology";
import { BundleError } from "./bundle-error.ts";
import { plannedTopology } from "./planned-topology.ts";
import { propertyNames } from "./property-names.ts";
import { readTrial } from "./read-trial.ts";
import type { TrialOptions } from "./run-trial.ts";
import { Section } from "./section.ts";
import type { Trial } from "./trial.ts";

/** A failure that can be seen again: everything that it depends on. */
export interface Bundle {
  readonly format: "bellmesh-bundle";
  readonly version: 1;
  /** What drew it, before it was made smaller. */
  readonly seed: number;
  readonly commit: string;
  readonly nodeVersion: string;
  readonly options: TrialOptions;
  readonly property: string;
  readonly firstBadEvent: { readonly atNs: number; readonly message: string };
  /** The smallest trial found that breaks the rule; its faults are the minimal ones. */
  readonly trial: Trial;
}

/** A bundle as it is written, with what is for people alone and never read. */
export interface WrittenBundle extends Bundle {
  /** All that the seed drew, for its whole network: more than the trial may have places for. */
  readonly faults: readonly FaultEntry[];
}

/** Writes a bundle as JSON. */
export function writeBundle(file: string, bundle: WrittenBundle): void {
  writeFileSync(file, `${JSON.stringify(bundle, null, 1)}\n`);
}

/**
 * Reads a bundle.
 * @throws BundleError naming the field that is wrong and what was expected there
 */
export function readBundle(file: string): Bundle {
  const top = new Section(file, "", dataOf(file));
  if (!top.is("format", "bellmesh-bundle")) throw top.error("format", 'a bundle has "bellmesh-bundle" there');
  if (top.whole("version") !== 1) throw top.error("version", "this bellmesh reads version 1");
  const bad = top.section("firstBadEvent");
  const trial = readTrial(top.section("trial"));
  return {
    format: "bellmesh-bundle",
    version: 1,
    seed: top.whole("seed"),
    commit: top.text("commit"),
    nodeVersion: nodeVersionOf(top),
    options: { canary: top.section("options").optionalFlag("canary") },
    property: propertyOf(top, trial),
    firstBadEvent: { atNs: bad.whole("atNs"), message: bad.text("message") },
    trial,
  };
}

function nodeVersionOf(top: Section): string {
  const version = top.text("nodeVersion");
  if (!/^v\d+\.\d+\.\d+/.test(version)) throw top.error("nodeVersion", "give a version of Node, as in v24.0.0");
  return version;
}

/** A rule that nobody knows would never be broken, and so be told to hold. */
function propertyOf(top: Section, trial: Trial): string {
  const property = top.text("property");
  const known = propertyNames(plannedTopology(trial));
  if (known.includes(property)) return property;
  const near = nearest(property, known);
  throw top.error("property", near === undefined ? `give one of ${known.join(", ")}` : `did you mean ${near}?`);
}

function dataOf(file: string): unknown {
  const expected = "give the file that bellmesh explore wrote";
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BundleError(file, "", whyUnreadable(error), expected);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BundleError(file, "", "this is not JSON", expected);
  }
}
