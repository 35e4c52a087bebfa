/** Whether a subject, split at its dots, falls under a pattern: `*` is one token, `>` one or more at the end. */
export function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (const [index, token] of pattern.entries()) {
    if (token === ">") return subject.length > index;
    if (index >= subject.length || (token !== "*" && token !== subject[index])) return false;
  }
  return pattern.length === subject.length;
}

/** Whether it has no empty token: what has one is a subject that nobody hears. */
export function isWhole(subject: readonly string[]): boolean {
  return !subject.includes("");
}

/** Whether it stands for itself alone. */
export function isLiteral(subject: readonly string[]): boolean {
  return isWhole(subject) && !subject.includes("*") && !subject.includes(">");
}

/** Whether one may subscribe to it: no empty token, `>` only last. */
export function isPattern(subject: readonly string[]): boolean {
  const open = subject.indexOf(">");
  return isWhole(subject) && (open < 0 || open === subject.length - 1);
}

/** Whether everything that a pattern matches falls under one of those allowed. */
export function isCovered(pattern: readonly string[], allowed: readonly (readonly string[])[]): boolean {
  return isWhole(pattern) && allowed.some((wider) => covers(wider, pattern));
}

function covers(wider: readonly string[], pattern: readonly string[]): boolean {
  for (const [index, token] of wider.entries()) {
    if (token === ">") return pattern.length > index;
    const ours = pattern[index];
    if (ours === undefined || ours === ">" || (token !== "*" && token !== ours)) return false;
  }
  return wider.length === pattern.length;
}
