const LITERAL = /^(?!\.)(?:(?:^|\.)(?![*>](?:\.|$))[^\s.]+)+$/;

/** @throws Error when no message can be published on this: it has wildcards, blanks or empty tokens. */
export function checkPublishSubject(subject: string): void {
  if (!LITERAL.test(subject)) throw new Error(`not a subject to publish on: "${subject}"`);
}

/** @throws Error when nobody can subscribe to this: it has blanks or empty tokens, or a `>` that is not last. */
export function checkSubscribeSubject(subject: string): void {
  const tokens = subject.split(".");
  if (tokens.some((token, at) => token === "" || /\s/.test(token) || (token === ">" && at < tokens.length - 1))) {
    throw new Error(`not a subject to subscribe to: "${subject}"`);
  }
}
