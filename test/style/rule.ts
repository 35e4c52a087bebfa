import { lineAt } from "./imports.ts";
import type { SourceFile } from "./source.ts";

/** One breach of a rule. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** A rule of the house: what it looks at, and what it objects to. */
export interface Rule {
  /** Also the name of its canaries. */
  readonly name: string;
  check(files: readonly SourceFile[]): readonly Finding[];
}

type FileFinding = Omit<Finding, "path">;

/** A rule that looks at one file at a time. */
export function perFile(
  name: string,
  applies: (path: string) => boolean,
  find: (file: SourceFile) => readonly FileFinding[],
): Rule {
  return {
    name,
    check: (files) =>
      files
        .filter((file) => applies(file.path))
        .flatMap((file) => find(file).map((finding) => ({ path: file.path, ...finding }))),
  };
}

/** Every place where the pattern, which must be global, is found. */
export function places(
  file: SourceFile,
  within: "text" | "code" | "uncommented",
  pattern: RegExp,
  message: (found: string) => string,
): readonly FileFinding[] {
  return Array.from(file[within].matchAll(pattern), (match) => ({
    line: lineAt(file.text, match.index),
    message: message(match[0].trim()),
  }));
}
