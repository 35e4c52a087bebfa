import type { Logger } from "pino";
import type { FaultScope } from "../faults/fault-scope.ts";
import type { Address, AnyService } from "../host.ts";
import type { NodeClockLike } from "../place.ts";
import type { MeshTime } from "./mesh-time.ts";

/** What a process hosts: a service at a place. */
export interface Hosted {
  readonly service: AnyService;
  readonly place: string;
  readonly config: unknown;
}

/** What a process of a mesh is: where it stands, what it hosts, and whom it reaches. */
export interface MeshProcessOptions {
  /** The network's name in subjects. */
  readonly network: string;
  /** The seed of all chance, the same in every process of a mesh. */
  readonly seed: number;
  readonly services: readonly Hosted[];
  readonly time: MeshTime;
  readonly natsUrl: string;
  /** Where the stores stand, a directory per service and place. */
  readonly stateDir: string;
  /** gRPC addresses to serve on: "unix:/path", "host:port"; none for a client. */
  readonly listen: readonly string[];
  /** The gRPC target of a peer. */
  readonly targetOf: (address: Address) => string;
  /** Light time between places in ns. @throws RangeError for a place that the network does not have. */
  readonly delayNs: (from: string, to: string) => number;
  readonly clockOf: (place: string) => NodeClockLike | undefined;
  readonly log: Logger;
  /** What faults may be injected into, where they may. */
  readonly faults?: FaultScope | undefined;
}
