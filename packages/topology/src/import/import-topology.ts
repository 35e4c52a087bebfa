import { parseTopology } from "../parse-topology.ts";
import type { Topology } from "../topology.ts";
import { TopologyError } from "../topology-error.ts";
import { importSequence } from "./import-sequence.ts";
import { ImportSource } from "./import-source.ts";
import { importSquidasm } from "./import-squidasm.ts";
import type { ImportWarning } from "./imported-network.ts";
import { importedText } from "./imported-text.ts";

export type { ImportWarning };

/** The tools whose networks can be imported. */
export const importTools = ["squidasm", "sequence"] as const;

export type ImportTool = (typeof importTools)[number];

/** A network of another tool, imported. */
export interface ImportedTopology {
  readonly tool: ImportTool;
  /** The topology file: YAML with comments that say what every number was made of. */
  readonly text: string;
  readonly topology: Topology;
  /** Everything of the source that the topology does not say, or says otherwise. */
  readonly warnings: readonly ImportWarning[];
}

/**
 * Imports the network of another tool: the network YAML of SquidASM and NetSquid, or the topology JSON of SeQUeNCe.
 * Conventions are converted, and what has no counterpart becomes a warning.
 * @param text the file's text.
 * @param file the name to give in errors.
 * @param tool whose file it is; by default, what its fields look like.
 * @throws TopologyError naming the first mistake: the place, the value and what would be right.
 */
export function importTopology(text: string, file: string, tool?: ImportTool): ImportedTopology {
  const source = new ImportSource(text, file);
  const from = tool ?? toolOf(source);
  const network = from === "squidasm" ? importSquidasm(source) : importSequence(source);
  const warnings = source.warnings();
  const imported = importedText(network, file, warnings);
  return { tool: from, text: imported, topology: parsed(imported, file), warnings };
}

/** What only the whole network shows, such as a link through which no photon ever comes, is the source's fault too. */
function parsed(imported: string, file: string): Topology {
  try {
    return parseTopology(imported, IMPORTED);
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    const { message, expected, line } = error;
    const found = message.slice(`${IMPORTED}:${line}: `.length, -`; ${expected}`.length);
    throw new TopologyError({ file, path: "" }, `as a topology file it would be refused: ${found}`, expected);
  }
}

const IMPORTED = "imported";

function toolOf({ top, file }: ImportSource): ImportTool {
  if (top.has("stacks") || top.has("processing_nodes")) return "squidasm";
  if (top.has("nodes") && !top.has("links")) return "sequence";
  const expected =
    "SquidASM has stacks (or processing_nodes) and links, SeQUeNCe nodes and qconnections or qchannels; " +
    "say which tool's it is with --from squidasm or --from sequence";
  throw new TopologyError({ file, path: "" }, "this is the network of no tool that is known here", expected);
}
