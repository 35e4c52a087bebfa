/**
 * The NATS subjects of a network, authored here and nowhere else.
 * The sender's own token stands first, so that a broker permission can pin a publisher.
 */
export type FeedforwardKind = "herald" | "track" | "expire" | "parity" | "correction" | "ack";
export type ControlKind = "clock" | "clock-wanted" | "announce" | "presence" | "link-state";

export const subjects = {
  /** One feedforward message; `from` and `to` are node or link names. */
  feedforward: (network: string, from: string, to: string, kind: FeedforwardKind) =>
    `bellmesh.v1.${network}.ff.${from}.${to}.${kind}`,
  /** All feedforward of one kind to one receiver. */
  feedforwardTo: (network: string, to: string, kind: FeedforwardKind) => `bellmesh.v1.${network}.ff.*.${to}.${kind}`,
  control: (network: string, from: string, kind: ControlKind) => `bellmesh.v1.${network}.ctl.${from}.${kind}`,
  /** Ledger events of one process. */
  ledger: (network: string, place: string, service: string) => `bellmesh.v1.${network}.led.${place}.${service}.events`,
  ledgerOfAll: (network: string) => `bellmesh.v1.${network}.led.*.*.events`,
  /** The collector's word to one process that its events have come. */
  ledgerAcknowledgement: (network: string, place: string, service: string) =>
    `bellmesh.v1.${network}.led.collector.${place}.${service}.ack`,
  /** The collector's wish that every process tell how it stands. */
  censusWanted: (network: string) => `bellmesh.v1.${network}.led.collector.census`,
  telemetry: (network: string, place: string, service: string) =>
    `bellmesh.v1.${network}.tel.${place}.${service}.process`,
  telemetryOfAll: (network: string) => `bellmesh.v1.${network}.tel.*.*.process`,
  controlOfAll: (network: string, kind: ControlKind) => `bellmesh.v1.${network}.ctl.*.${kind}`,
} as const;

/** Subjects seen, with their publishers: a network has few, and each is asked for again and again. */
const publishers = new Map<string, string>();
const PUBLISHERS_KEPT_MAX = 65_536;

/** The publisher's token of a subject of ours: the fifth; empty when there is none. */
export function publisherOf(subject: string): string {
  let publisher = publishers.get(subject);
  if (publisher === undefined) {
    publisher = subject.split(".")[4] ?? "";
    if (publishers.size >= PUBLISHERS_KEPT_MAX) publishers.clear();
    publishers.set(subject, publisher);
  }
  return publisher;
}
