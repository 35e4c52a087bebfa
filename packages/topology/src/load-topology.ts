import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import { parseTopology, topologyOf } from "./parse-topology.ts";
import { looksLikePlatformFile } from "./platform/load-platform.ts";
import { looksLikePreset, presetDocument } from "./presets.ts";
import { readSource } from "./read-source.ts";
import type { Topology } from "./topology.ts";

/**
 * Loads a topology from a YAML or JSON file, or makes a preset such as `line:9`, `ring:6`, `star:5`, `grid:3x3`.
 * A file that exists is taken before a preset of the same name. A source of several lines is the topology itself:
 * a container gets it in its environment, because an engine on another machine has no file of ours to mount.
 * Platforms of files stand relative to the topology's.
 * @throws TopologyError naming the file, the place in it and what would be right; only the first mistake.
 */
export function loadTopology(source: string): Topology {
  if (source.includes("\n")) return parseTopology(source, "(given as text)");
  if (looksLikePreset(source) && !existsSync(source)) {
    return topologyOf({ file: source, value: presetDocument(source), lineOf: () => undefined });
  }
  return parseTopology(textOf(source), source, (name) => readBeside(source, name));
}

/**
 * A topology that can be handed to who sees no files of ours: a preset as it is named, and of a file the text, with
 * the platforms it names by their files written into it.
 * @throws TopologyError where a file cannot be read or used
 */
export function standaloneTopology(source: string): string {
  if (source.includes("\n") || (looksLikePreset(source) && !existsSync(source))) return source;
  loadTopology(source);
  const text = textOf(source);
  const document = parseDocument(text);
  let isWhole = true;
  const nodes = document.toJS().nodes as readonly unknown[];
  for (const path of [["defaults", "platform"], ...nodes.map((_, position) => ["nodes", position, "platform"])]) {
    const platform = document.getIn(path);
    if (typeof platform !== "string" || !looksLikePlatformFile(platform)) continue;
    document.setIn(path, document.createNode(parseDocument(readBeside(source, platform).text).toJS()));
    isWhole = false;
  }
  return isWhole ? text : document.toString();
}

function textOf(file: string): string {
  return readSource(file, "give a topology file, or a preset such as line:9, ring:6, star:5 or grid:3x3");
}

function readBeside(file: string, name: string): { file: string; text: string } {
  const path = resolve(dirname(file), name);
  return { file: path, text: readSource(path, `give the file of a platform, relative to ${file}`) };
}
