/** What one world showed of one scenario. */
export interface Observation {
  /** How the request ended, as an identifier. */
  readonly ended: string;
  /** Why pairs that were asked for are missing. */
  readonly missing: readonly string[];
  readonly delivered: number;
  /** From asking to the last delivery, on the head-end's clock. */
  readonly deliveryNs: number;
  readonly fidelitySum: number;
  readonly fidelities: number;
}
