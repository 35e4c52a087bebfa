import type { Document, Node } from "yaml";
import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { TopologyError } from "./topology-error.ts";

/** Field names and list positions from the top of a document. */
export type Path = readonly (string | number)[];

/** A document as plain data that still knows on which line each value stands. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  lineOf(path: Path): number | undefined;
  /** Reads a file that is named relative to this one; absent where there is none to be relative to. */
  readonly beside?: ReadBeside | undefined;
}

/** Reads a file by its name relative to another's. @throws TopologyError when it cannot be read */
export type ReadBeside = (name: string) => { readonly file: string; readonly text: string };

/** Far above any network this program can run, far below what would exhaust the memory. */
const TEXT_MAX = 16_777_216;
/** Repeated use of one anchor is fine; anchors of anchors multiply and soon pass this. */
const ALIASES_MAX = 10_000;

/**
 * Reads YAML 1.2, and so JSON.
 * @throws TopologyError for a syntax error, a key given twice, or aliases that expand without bound.
 */
export function readDocument(text: string, file: string, beside?: ReadBeside): SourceDocument {
  if (text.length > TEXT_MAX) {
    throw new TopologyError({ file, path: "" }, "the file is too large", `keep it under ${TEXT_MAX} characters`);
  }
  const lines = new LineCounter();
  const document = parsed(text, file, lines);
  const error = document.errors[0];
  if (error) {
    const offset = error.pos[0];
    const at = { file, line: lines.linePos(offset).line, path: printPath(pathAt(document.contents, offset)) };
    if (error.code === "DUPLICATE_KEY") throw new TopologyError(at, "this field is given twice", "give it once");
    throw new TopologyError(at, `not valid YAML: ${error.message.split("\n")[0]}`, "correct the syntax there");
  }
  return {
    file,
    beside,
    value: plainValue(document, file),
    lineOf: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

/** `links[2].lengthKm`, as a reader of the file would write it. */
export function printPath(path: Path): string {
  let text = "";
  for (const step of path) text += typeof step === "number" ? `[${step}]` : text === "" ? step : `.${step}`;
  return text;
}

/** Very deep nesting overflows the parser's stack: that is the file's fault and reported as such. */
function parsed(text: string, file: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, uniqueKeys: true });
  } catch (error) {
    throw new TopologyError({ file, path: "" }, `not readable as YAML: ${messageOf(error)}`, "correct the file");
  }
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    const expected = "use an anchor only after it is defined, and never anchors of anchors in great number";
    throw new TopologyError({ file, path: "" }, `an alias cannot be followed: ${messageOf(error)}`, expected);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where the value at a path begins; where its nearest given ancestor begins, when the value is absent. */
function offsetOf(document: Document, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset = rangeStart(node);
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (!pair) return offset;
      offset = rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      offset = rangeStart(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  return (node as Partial<Node> | null | undefined)?.range?.[0];
}

/** The path of the innermost value that spans an offset of the text. */
function pathAt(node: unknown, offset: number): Path {
  if (!isCollection(node)) return [];
  for (const [position, item] of node.items.entries()) {
    if (isPair(item)) {
      if (!isScalar(item.key)) continue;
      if (spans(item.key, offset)) return [String(item.key.value)];
      if (spans(item.value, offset)) return [String(item.key.value), ...pathAt(item.value, offset)];
    } else if (spans(item, offset)) {
      return [position, ...pathAt(item, offset)];
    }
  }
  return [];
}

function spans(node: unknown, offset: number): boolean {
  const range = (node as Partial<Node> | null | undefined)?.range;
  return range !== undefined && range !== null && range[0] <= offset && offset < range[2];
}
