/** Whether a subject, split at its dots, falls under a pattern: `*` is one token, `>` one or more at the end. */
export function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (const [index, token] of pattern.entries()) {
    if (token === ">") return subject.length > index;
    if (index >= subject.length || (token !== "*" && token !== subject[index])) return false;
  }
  return pattern.length === subject.length;
}

/** Whether one may publish on it: no empty token, no wildcard. */
export function isLiteral(subject: string): boolean {
  return subject.split(".").every((token) => token !== "" && token !== "*" && token !== ">");
}

/** Whether one may subscribe to it: no empty token, `>` only last. */
export function isPattern(subject: string): boolean {
  const tokens = subject.split(".");
  return tokens.every((token, index) => token !== "" && (token !== ">" || index === tokens.length - 1));
}

/** Whether everything a pattern matches falls under one of those allowed. */
export function isCovered(pattern: string, allowed: readonly (readonly string[])[]): boolean {
  const tokens = pattern.split(".");
  return allowed.some((wider) => {
    for (const [index, token] of wider.entries()) {
      if (token === ">") return tokens.length > index;
      const ours = tokens[index];
      if (ours === undefined || ours === ">" || (token !== "*" && token !== ours)) return false;
    }
    return wider.length === tokens.length;
  });
}
