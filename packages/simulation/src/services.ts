import { service as clockSync } from "@bellmesh/clock-sync";
import { service as linkLayer } from "@bellmesh/link-layer";
import type { AnyService } from "@bellmesh/mesh";
import { service as networkLayer } from "@bellmesh/network-layer";
import { service as nodeController } from "@bellmesh/node-controller";
import { service as physicalLink } from "@bellmesh/physical-link";
import { service as quantumState } from "@bellmesh/quantum-state";

/** Every service a deployment may name. */
export const services: ReadonlyMap<string, AnyService> = new Map(
  [quantumState, physicalLink, clockSync, nodeController, linkLayer, networkLayer].map((service) => [
    service.name,
    service,
  ]),
);
