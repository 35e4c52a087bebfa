import type {
  Imported,
  ImportedFields,
  ImportedLink,
  ImportedNetwork,
  ImportedNode,
  ImportWarning,
} from "./imported-network.ts";

const WIDTH = 118;

/** Writes an imported network as a topology file: YAML whose comments say what every number was made of. */
export function importedText(network: ImportedNetwork, file: string, warnings: readonly ImportWarning[]): string {
  const lines = [
    ...comment(`Imported from ${JSON.stringify(file)}, a network of ${network.tool}.`),
    "#",
    ...network.conventions.flatMap((sentence) => comment(sentence, "- ")),
    ...warningLines(warnings),
    "",
    `name: ${JSON.stringify(network.name)}`,
    ...number("", "fibreSpeedKmPerS", network.fibreSpeedKmPerS),
    "clock:",
    "  # The tool has no clocks: its nodes agree on the time exactly.",
    "  preset: perfect",
    ...(network.cutoffMs === undefined ? [] : number("", "cutoffMs", network.cutoffMs)),
    "",
    "nodes:",
    ...network.nodes.flatMap(nodeLines),
    "",
    network.links.length === 0 ? "links: []" : "links:",
    ...network.links.flatMap(linkLines),
  ];
  return `${lines.join("\n")}\n`;
}

function warningLines(warnings: readonly ImportWarning[]): readonly string[] {
  if (warnings.length === 0) return ["#", "# Everything was carried over."];
  const head = ["#", "# Not carried over, or carried over otherwise:"];
  return [...head, ...warnings.flatMap(({ path, message }) => comment(`${path || "(the file)"}: ${message}`, "- "))];
}

function nodeLines(node: ImportedNode): readonly string[] {
  return [
    ...comment(node.from).map((line) => `  ${line}`),
    `  - name: ${JSON.stringify(node.name)}`,
    ...section("    ", "memory", node.memory),
    ...section("    ", "gates", node.gates),
    ...section("    ", "readout", node.readout),
  ];
}

function linkLines(link: ImportedLink): readonly string[] {
  const [first, second] = link.armsKm;
  return [
    ...comment(link.from).map((line) => `  ${line}`),
    `  - name: ${JSON.stringify(link.name)}`,
    `    between: [${link.between.map((end) => JSON.stringify(end)).join(", ")}]`,
    ...comment(first.from === second.from ? first.from : `${first.from}; ${second.from}`).map((line) => `    ${line}`),
    `    armsKm: [${first.value}, ${second.value}]`,
    ...number("    ", "attenuationDbPerKm", link.attenuationDbPerKm),
    ...section("    ", "heralding", link.heralding, wordLines(link.words)),
  ];
}

function wordLines(words: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(words).map(([field, word]) => `${field}: ${word}`);
}

function section(
  indent: string,
  name: string,
  fields: ImportedFields,
  first: readonly string[] = [],
): readonly string[] {
  return [
    `${indent}${name}:`,
    ...first.map((line) => `${indent}  ${line}`),
    ...Object.entries(fields).flatMap(([field, imported]) => number(`${indent}  `, field, imported)),
  ];
}

/** The field with its origin behind it, or before it when the line would be too long. */
function number(indent: string, field: string, { value, from }: Imported): readonly string[] {
  const line = `${indent}${field}: ${value === Number.POSITIVE_INFINITY ? ".inf" : value}`;
  const origin = comment(from);
  if (origin.length === 1 && line.length + from.length + 3 <= WIDTH) return [`${line} ${origin[0]}`];
  return [...origin.map((words) => `${indent}${words}`), line];
}

/** Words as comment lines. Line breaks and control characters of the source do not end a comment. */
function comment(words: string, bullet = ""): readonly string[] {
  const lines: string[] = [];
  let line = `# ${bullet}`;
  for (const word of words.split(/[\s\p{C}]+/u)) {
    if (line.length + word.length > WIDTH && line.trim() !== "#") {
      lines.push(line.trimEnd());
      line = `# ${bullet === "" ? "" : "  "}`;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
