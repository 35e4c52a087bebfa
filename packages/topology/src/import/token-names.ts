const TOKEN_MAX = 63;

/** Names that places of every deployment already have. */
const RESERVED = ["nature", "collector", "observer"];

/**
 * Turns the free names of other tools into tokens, each used once: lower-case letters, digits and hyphens, since names
 * become bus subjects and DNS labels.
 */
export class TokenNames {
  readonly #used = new Set(RESERVED);

  /** A token as near to the name as can be; the same name again gives another token. */
  take(name: string): string {
    const token = tokenOf(name);
    let free = token;
    for (let suffix = 2; this.#used.has(free); suffix++) {
      free = `${token.slice(0, TOKEN_MAX - String(suffix).length - 1)}-${suffix}`;
    }
    this.#used.add(free);
    return free;
  }
}

function tokenOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-");
  return plain.slice(0, TOKEN_MAX).replace(/^-+|-+$/g, "") || "unnamed";
}
