/**
 * The NATS subjects of a network, authored here and nowhere else.
 * The sender's own token stands first, so that a broker permission can pin a publisher.
 */
export type FeedforwardKind = "herald" | "track" | "expire" | "parity" | "correction" | "ack";
export type ControlKind = "clock" | "presence" | "link-state";

export const subjects = {
  /** One feedforward message; `from` and `to` are node or link names. */
  feedforward: (network: string, from: string, to: string, kind: FeedforwardKind) =>
    `bellmesh.v1.${network}.ff.${from}.${to}.${kind}`,
  /** All feedforward of one kind to one receiver. */
  feedforwardTo: (network: string, to: string, kind: FeedforwardKind) => `bellmesh.v1.${network}.ff.*.${to}.${kind}`,
  control: (network: string, from: string, kind: ControlKind) => `bellmesh.v1.${network}.ctl.${from}.${kind}`,
  controlOfAll: (network: string, kind: ControlKind) => `bellmesh.v1.${network}.ctl.*.${kind}`,
} as const;

/** The publisher's token of a subject of ours: the fifth. */
export function publisherOf(subject: string): string {
  return subject.split(".")[4] ?? "";
}
