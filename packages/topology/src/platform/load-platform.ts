import { type Platform, platforms } from "@bellmesh/hardware";
import { nearest } from "../nearest.ts";
import { readSource } from "../read-source.ts";
import { list, show } from "../section.ts";
import { TopologyError } from "../topology-error.ts";
import { parsePlatform } from "./parse-platform.ts";

/** Whether a platform is named by its file: a path, or a name with the ending of one. */
export function looksLikePlatformFile(source: string): boolean {
  return source.includes("/") || /\.(ya?ml|json)$/.test(source);
}

/**
 * A platform by its name, such as `nv-2019`, or from a file of one's own, such as `./my-lab.yaml`.
 * @throws TopologyError naming the file, the field, its value and what would be right; only the first mistake
 */
export function loadPlatform(source: string): Platform {
  const known = platforms.get(source);
  if (known) return known;
  const names = [...platforms.keys()];
  if (looksLikePlatformFile(source)) return parsePlatform(readSource(source, "give the file of a platform"), source);
  const near = nearest(source, names);
  const hint = near === undefined ? `give a file, or one of ${list(names)}` : `did you mean ${near}? (${list(names)})`;
  throw new TopologyError({ file: source, path: "" }, `there is no platform ${show(source)}`, hint);
}
