import type { SourceFile } from "./source.ts";

/** One import or re-export, static or dynamic. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

const clause = /(?:\s+type)?\s*(?:[\w$*\s{},]*?\bfrom\s*)?/.source;
const quoted = /["']([^"'\n]+)["']/.source;
const importing = new RegExp(`\\b(?:import|export)\\b${clause}${quoted}|\\bimport\\s*\\(\\s*${quoted}`, "g");

/** What a TypeScript file imports. */
export function importsOf(file: SourceFile): readonly Import[] {
  const imports: Import[] = [];
  for (const match of file.uncommented.matchAll(importing)) {
    // The same words within a string are no import.
    if (!/^(?:import|export)/.test(file.code.slice(match.index))) continue;
    imports.push({ specifier: (match[1] ?? match[2]) as string, line: lineAt(file.text, match.index) });
  }
  return imports;
}

/** The number of the line in which this character stands, from 1. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
