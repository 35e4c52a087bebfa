/**
 * What a requester has seen of its request: filled by its machine, read by whoever shows it. A requester that
 * restarts asks anew and begins its table anew.
 */
export class RequesterTable {
  /** Pairs asked for. */
  requested = 0;
  /** Pairs delivered at both ends and not retracted. */
  delivered = 0;
  /** Undefined until it is accepted. */
  requestId: string | undefined;
  predictedFidelity: number | undefined;
  path: readonly string[] = [];
  /** Sum over deliveries of the claimed fidelity, and their number: each pair counts once per end. */
  claimedSum = 0;
  claims = 0;
  /** Feedforward delay of every delivery, in ns. */
  feedforwardNs: number[] = [];
  /** Deliveries, at either end, whose feedforward missed its deadline. */
  feedforwardMissed = 0;
  /** Halves given up during the request; others took their place. */
  expired = 0;
  /** It was refused, never started. */
  refused = false;
  /** Why the request ended or was refused, once it has: a lower-case identifier such as `complete` or `unsupp`. */
  ended: string | undefined;
  /** For people: what the ending meant. */
  message = "";
  /** Local instants at the requester: when it asked, and of the latest delivery. */
  askedAt = 0;
  lastDeliveredAt = 0;

  /** The request has ended, and what both ends delivered of it is here. */
  done = false;

  /** As it was before anything was asked. */
  clear(): void {
    Object.assign(this, new RequesterTable());
  }

  /** Pairs that were asked for and not delivered, by reason; empty while the request runs. */
  failed(): Record<string, number> {
    const missing = this.requested - this.delivered;
    if (this.ended === undefined || missing <= 0) return {};
    // A request that was complete at its head-end lacks pairs only where one was retracted afterwards.
    return { [this.ended === "complete" ? "retracted" : this.ended]: missing };
  }
}
