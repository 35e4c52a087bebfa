import { lineAt } from "./imports.ts";

/** The lines of one function, from its opening brace's line to its closing one's. */
export interface FunctionExtent {
  readonly line: number;
  readonly lines: number;
}

const notFunctions = /(?:^|[^\w$.#])(?:if|for|while|switch|catch|with)$/;

/** Every function, method and arrow function with a body in braces, in code without comments and strings. */
export function functionsIn(code: string): readonly FunctionExtent[] {
  const functions: FunctionExtent[] = [];
  const open: number[] = [];
  for (let at = 0; at < code.length; at++) {
    if (code[at] === "{") open.push(at);
    if (code[at] !== "}") continue;
    const from = open.pop();
    if (from === undefined || !opensFunction(code, from)) continue;
    const line = lineAt(code, from);
    functions.push({ line, lines: lineAt(code, at) - line + 1 });
  }
  return functions;
}

/** Whether the brace at `brace` follows `=>`, or a parameter list with or without a return type. */
function opensFunction(code: string, brace: number): boolean {
  let at = before(code, brace);
  // An object, or a type in braces.
  if (code[at] === ":") return false;
  if (code.startsWith("=>", at - 1)) return true;
  if (code[at] === ")") return isParameterList(code, at);
  // Perhaps a return type: go back over it to the colon behind the parameters.
  while (at >= 0) {
    const char = code[at] as string;
    if (char === ":" && code[before(code, at)] === ")") return isParameterList(code, before(code, at));
    if (";{(=".includes(char) && !(char === "=" && code[at + 1] === ">")) return false;
    // A brace that ends its line ends a statement.
    if (char === "}" && /^\s*\n/.test(code.slice(at + 1, at + 200))) return false;
    at = before(code, ")]}".includes(char) ? matching(code, at) : at);
  }
  return false;
}

function isParameterList(code: string, closing: number): boolean {
  const opening = matching(code, closing);
  const head = code.slice(Math.max(0, opening - 200), opening).trimEnd();
  return !notFunctions.test(head);
}

/** The bracket that this closing one closes. */
function matching(code: string, closing: number): number {
  let depth = 0;
  for (let at = closing; at >= 0; at--) {
    const char = code[at] as string;
    if (")]}".includes(char)) depth += 1;
    else if ("([{".includes(char)) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function before(code: string, index: number): number {
  let at = index - 1;
  while (at >= 0 && /\s/.test(code[at] as string)) at -= 1;
  return at;
}
