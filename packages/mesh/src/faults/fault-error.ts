/** A fault that cannot be: where in the entry, what is wrong, and what would be right. */
export class FaultError extends Error {
  /** Field names from the top of the entry, such as ["args", "probability"]. */
  readonly path: readonly string[];
  readonly problem: string;
  /** What would be right. */
  readonly expected: string;
  /** The word that is not known, and those that are: for whoever suggests the nearest. */
  readonly unknown: { readonly word: string; readonly known: readonly string[] } | undefined;

  constructor(path: readonly string[], { problem, expected, unknown }: Wrong) {
    super(`${path.length === 0 ? "" : `${path.join(".")}: `}${problem}; ${expected}`);
    this.name = "FaultError";
    this.path = path;
    this.problem = problem;
    this.expected = expected;
    this.unknown = unknown;
  }
}

/** Why a value is none, before it is known where it stands. */
export class Wrong {
  readonly problem: string;
  readonly expected: string;
  readonly unknown: FaultError["unknown"];

  constructor(problem: string, expected: string, unknown?: FaultError["unknown"]) {
    this.problem = problem;
    this.expected = expected;
    this.unknown = unknown;
  }

  /** A word that should have been one of a list. */
  static word(what: string, word: unknown, known: readonly string[]): Wrong {
    if (word === undefined) return new Wrong("it is missing", oneOf(known));
    if (typeof word !== "string") return new Wrong(`${JSON.stringify(word)} is no ${what}`, oneOf(known));
    return new Wrong(`there is no ${what} ${JSON.stringify(word)}`, oneOf(known), { word, known });
  }
}

const LISTED_MAX = 12;

function oneOf(known: readonly string[]): string {
  const listed = known.slice(0, LISTED_MAX).join(", ");
  return known.length > LISTED_MAX
    ? `it is one of ${listed}, and ${known.length - LISTED_MAX} more`
    : `it is ${listed}`;
}
