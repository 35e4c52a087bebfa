import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** The messages of the protocols that the walk tells. */
export type MessageKind = "PATH" | "RESV" | "FORWARD" | "CREATE" | "ADD" | "ADD-RESULT" | "ARM" | "HERALD" | "TRACK";
export type EventKind = NonNullable<LedgerEvent["event"]>["$case"];

/** The file that deals with each message where it arrives. */
export const messageSources: Readonly<Record<MessageKind, string>> = {
  PATH: "services/network-layer/src/circuit-signalling.ts",
  RESV: "services/network-layer/src/circuit-signalling.ts",
  FORWARD: "services/network-layer/src/request-signalling.ts",
  CREATE: "services/link-layer/src/link-end.ts",
  ADD: "services/link-layer/src/distributed-queue.ts",
  "ADD-RESULT": "services/link-layer/src/distributed-queue.ts",
  ARM: "services/physical-link/src/heralding-station.ts",
  HERALD: "services/link-layer/src/entanglement-generation.ts",
  TRACK: "services/network-layer/src/circuit-end.ts",
};

/** Where a repeater deals with a TRACK. */
export const REPEATER_TRACK_SOURCE = "services/network-layer/src/swap-point.ts";

/** The file that writes each kind of event. */
export const eventSources: Readonly<Partial<Record<EventKind, string>>> = {
  requestAccepted: "services/node-controller/src/application-sessions.ts",
  circuitInstalled: "services/network-layer/src/circuit-signalling.ts",
  clockTrustChanged: "services/link-layer/src/entanglement-generation.ts",
  pairHeralded: "services/quantum-state/src/heralded-record.ts",
  halfStored: "services/node-controller/src/quantum-memory-manager.ts",
  pairsSwapped: "services/quantum-state/src/local-operations.ts",
  halfDelivered: "services/node-controller/src/quantum-memory-manager.ts",
  halfEnded: "services/node-controller/src/quantum-memory-manager.ts",
  pairFidelity: "services/quantum-state/src/fidelity.ts",
  requestEnded: "services/node-controller/src/application-sessions.ts",
};
