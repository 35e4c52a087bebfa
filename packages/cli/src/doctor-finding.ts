/** Something that `bellmesh doctor` looked at. */
export interface Finding {
  readonly about: string;
  /** `note`: one can do without. */
  readonly state: "ok" | "note" | "wrong";
  /** How it is. */
  readonly found: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly mend: string;
}
