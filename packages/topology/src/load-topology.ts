import { existsSync, readFileSync } from "node:fs";
import { parseTopology, topologyOf } from "./parse-topology.ts";
import { looksLikePreset, presetDocument } from "./presets.ts";
import type { Topology } from "./topology.ts";
import { TopologyError } from "./topology-error.ts";

/**
 * Loads a topology from a YAML or JSON file, or makes a preset such as `line:9`, `ring:6`, `star:5`, `grid:3x3`.
 * A file that exists is taken before a preset of the same name. A source of several lines is the topology itself:
 * a container gets it in its environment, because an engine on another machine has no file of ours to mount.
 * @throws TopologyError naming the file, the place in it and what would be right; only the first mistake.
 */
export function loadTopology(source: string): Topology {
  if (source.includes("\n")) return parseTopology(source, "(given as text)");
  if (looksLikePreset(source) && !existsSync(source)) {
    return topologyOf({ file: source, value: presetDocument(source), lineOf: () => undefined });
  }
  return parseTopology(textOf(source), source);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const expected = "give a topology file, or a preset such as line:9, ring:6, star:5 or grid:3x3";
    throw new TopologyError({ file, path: "" }, reasonOf(error), expected);
  }
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "this is a directory";
    case "EACCES":
      return "this file may not be read";
    default:
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
