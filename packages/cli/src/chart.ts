/** A line of a chart. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A point that stands out. */
export interface Mark {
  readonly at: readonly [x: number, y: number];
  readonly label: string;
}

/** Lines over a common axis. */
export interface CurvePanel {
  readonly kind: "curves";
  /** What the axes show, with units. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xLog?: boolean;
  readonly yLog?: boolean;
  /** Where an axis starts and ends, unless the curves say. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly curves: readonly Curve[];
  readonly marks?: readonly Mark[];
}

/** Amounts side by side. */
export interface BarPanel {
  readonly kind: "bars";
  readonly xLabel: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

/** A drawing of figures: a title, then panels one below the other. */
export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly (CurvePanel | BarPanel)[];
}
