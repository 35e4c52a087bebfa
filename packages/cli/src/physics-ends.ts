import { type Figure, ParameterError, type Platform, platforms } from "@bellmesh/hardware";
import { loadPlatform, nearest } from "@bellmesh/topology";
import type { GivenParameters } from "./physics-given.ts";

/** The platforms of a link's two ends, with what was given in place of their figures. */
export interface LinkEnds {
  readonly platforms: readonly [Platform, Platform];
  readonly names: readonly [string, string];
}

/**
 * The ends of the link that the parameters describe.
 * @throws ParameterError for an unknown platform, or a figure that cannot be; TopologyError for a platform's file
 */
export function linkEnds(given: GivenParameters): LinkEnds {
  const first = platformNamed("platform", given.text("platform") ?? "ideal");
  const second = given.has("platformB") ? platformNamed("platformB", given.text("platformB") as string) : first;
  return { names: [first.name, second.name], platforms: [changed(first, given), changed(second, given)] };
}

function platformNamed(field: string, name: string): Platform {
  const platform = platforms.get(name);
  if (platform) return platform;
  if (/[/.]/.test(name)) return loadPlatform(name);
  const names = [...platforms.keys()];
  const near = nearest(name, names);
  throw new ParameterError(
    field,
    name,
    `${near ? `did you mean ${near}? ` : ""}give a file, or one of ${names.join(", ")}`,
  );
}

/** The platform with the qubits' figures that were given. */
function changed(platform: Platform, given: GivenParameters): Platform {
  const { communication } = platform;
  const t1S = positive(given, "t1") ?? communication.t1S[0];
  const t2S = positive(given, "t2") ?? communication.t2S[0];
  if (t2S > 2 * t1S) {
    const field = given.has("t2") ? "t2" : "t1";
    throw new ParameterError(
      field,
      field === "t2" ? t2S : t1S,
      `T2 is at most 2·T1, and they are ${t2S} s and ${t1S} s`,
    );
  }
  const p01 = probability(given, "p01") ?? platform.p01[0];
  const p10 = probability(given, "p10") ?? platform.p10[0];
  if (p01 + p10 > 1) throw new ParameterError("p01", p01, `p01 + p10 is at most 1, or the answers changed names`);
  const oneQubit = probability(given, "oneQubitDepolarising") ?? communication.oneQubitDepolarising?.[0] ?? 0;
  return {
    ...platform,
    communication: {
      ...communication,
      ...{ t1S: asGiven(t1S), t2S: asGiven(t2S), oneQubitDepolarising: asGiven(oneQubit) },
    },
    ...{ p01: asGiven(p01), p10: asGiven(p10) },
  };
}

function asGiven(value: number): Figure {
  return [value, { citation: "as given" }];
}

function positive(given: GivenParameters, name: "t1" | "t2"): number | undefined {
  const value = given.number(name);
  if (value === undefined || value > 0) return value;
  throw new ParameterError(name, value, "give a time above 0 s, or inf");
}

function probability(given: GivenParameters, name: "p01" | "p10" | "oneQubitDepolarising"): number | undefined {
  const value = given.number(name);
  if (value === undefined || (value >= 0 && value <= 1)) return value;
  throw new ParameterError(name, value, "a probability lies in [0, 1]");
}
