/** One figure of a row: what is expected, and how we come to it. */
export interface RowFigure {
  readonly what: string;
  /** As published or printed. */
  readonly expected: string;
  readonly ours: () => number;
  /** A probability or rate, printed to so many digits that the last one is not to be trusted. */
  readonly isRate?: boolean;
}

/**
 * How far a figure may be off: half a unit of the last printed digit (1e-6 of a rate, if that is more), a share of it,
 * or an absolute amount.
 */
export type Tolerance = { readonly kind: "printed" } | { readonly kind: "share" | "absolute"; readonly most: number };

/** A row of the tables, with what its source says. */
export interface TableRow {
  readonly id: string;
  readonly what: string;
  readonly source: string;
  readonly tolerance: Tolerance;
  readonly figures: readonly RowFigure[];
  /** For people: what is assumed, and what the row does not claim. */
  readonly remark?: string;
  /** Its figures come out of a run of the simulation, not of a formula. */
  readonly isRun?: boolean;
}

/** How things change where no figure is to be had: what was seen, and whether it is so. */
export interface Trend {
  readonly id: string;
  readonly what: string;
  readonly seen: () => { readonly text: string; readonly holds: boolean };
}

/** The most that a figure may differ from what is expected. */
export function mostOf(tolerance: Tolerance, { expected, isRate }: RowFigure): number {
  const value = Math.abs(Number(expected));
  switch (tolerance.kind) {
    case "absolute":
      return tolerance.most;
    case "share":
      return tolerance.most * value;
    default: {
      const [mantissa = "", exponent = "0"] = expected.split("e");
      const decimals = mantissa.split(".")[1]?.length ?? 0;
      const halfDigit = decimals === 0 ? 0 : 0.500_001 * 10 ** (Number(exponent) - decimals);
      return Math.max((isRate ? 1e-6 : 1e-9) * Math.min(1, value), halfDigit);
    }
  }
}

/** In words, for the page. */
export function toleranceText(tolerance: Tolerance): string {
  switch (tolerance.kind) {
    case "absolute":
      return `±${tolerance.most}`;
    case "share":
      return `±${Number((100 * tolerance.most).toPrecision(2))} %`;
    default:
      return "half a digit";
  }
}
