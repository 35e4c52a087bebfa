/** One file of the tree, and its text with what is not code blanked out; lines and columns stay where they were. */
export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  /** TypeScript without comments. */
  readonly uncommented: string;
  /** TypeScript without comments and without what stands in strings, templates and regular expressions. */
  readonly code: string;
}

/** Reads a file's text for the rules. */
export function sourceFile(path: string, text: string): SourceFile {
  if (!path.endsWith(".ts")) return { path, text, uncommented: text, code: text };
  const { uncommented, code } = stripped(text);
  return { path, text, uncommented, code };
}

/** After these words a slash begins a regular expression; after other names it divides. */
const beforeRegExp = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new)$/;

function stripped(text: string): { uncommented: string; code: string } {
  const uncommented = text.split("");
  const code = text.split("");
  const blank = (target: string[], from: number, to: number) => {
    for (let at = from; at < to; at++) if (target[at] !== "\n") target[at] = " ";
  };
  /** Depth of braces at which each template that is now interrupted by `${` goes on. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  const stringEnd = (from: number, quote: string) => {
    let end = from;
    while (end < text.length && text[end] !== quote && text[end] !== "\n") end += text[end] === "\\" ? 2 : 1;
    return end;
  };
  const templateFrom = (from: number) => {
    let end = from;
    while (end < text.length && text[end] !== "`" && !text.startsWith("${", end)) end += text[end] === "\\" ? 2 : 1;
    blank(code, from, end);
    if (text[end] === "`") return end + 1;
    templates.push(depth);
    depth += 1;
    return end + 2;
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (text.startsWith("//", at) || text.startsWith("/*", at)) {
      const found = text[at + 1] === "/" ? text.indexOf("\n", at) : text.indexOf("*/", at + 2) + 2;
      const end = found < at + 2 ? text.length : found;
      blank(uncommented, at, end);
      blank(code, at, end);
      at = end;
    } else if (char === '"' || char === "'") {
      const end = stringEnd(at + 1, char);
      blank(code, at + 1, end);
      at = end + 1;
    } else if (char === "`") {
      at = templateFrom(at + 1);
    } else if (char === "/" && startsRegExp(code.slice(Math.max(0, at - 200), at).join(""))) {
      const end = regExpEnd(text, at + 1);
      blank(code, at + 1, end);
      at = end + 1;
    } else {
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      at += 1;
      if (char === "}" && templates.at(-1) === depth) {
        templates.pop();
        at = templateFrom(at);
      }
    }
  }
  return { uncommented: uncommented.join(""), code: code.join("") };
}

function startsRegExp(before: string): boolean {
  const significant = before.trimEnd();
  return significant === "" || /[([{,;:=!&|?+\-*%<>~^}]$/.test(significant) || beforeRegExp.test(significant);
}

function regExpEnd(text: string, from: number): number {
  let inClass = false;
  let end = from;
  while (end < text.length && text[end] !== "\n" && (inClass || text[end] !== "/")) {
    if (text[end] === "[") inClass = true;
    if (text[end] === "]") inClass = false;
    end += text[end] === "\\" ? 2 : 1;
  }
  return end;
}
