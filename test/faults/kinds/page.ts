import { readFileSync, writeFileSync } from "node:fs";
import { kindsTables } from "@bellmesh/mesh";

const file = new URL("../../../docs/faults.md", import.meta.url);
const BEGIN = "<!-- From the records of the kinds: node test/faults/kinds/write-page.ts -->\n\n";

/** docs/faults.md as it stands, and as it would stand with the tables of the kinds of today. */
export function faultsPage(): { readonly present: string; readonly wanted: string } {
  const present = readFileSync(file, "utf8");
  const end = present.indexOf(BEGIN);
  if (end < 0) throw new Error(`docs/faults.md has no line "${BEGIN.trim()}"`);
  return { present, wanted: `${present.slice(0, end)}${BEGIN}${kindsTables()}` };
}

export function writeFaultsPage(): void {
  writeFileSync(file, faultsPage().wanted);
}
