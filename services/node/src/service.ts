import { service as clockSync } from "@bellmesh/clock-sync";
import { service as linkLayer } from "@bellmesh/link-layer";
import type { AnyService } from "@bellmesh/mesh";
import { service as networkLayer } from "@bellmesh/network-layer";
import { service as nodeController } from "@bellmesh/node-controller";

/** The stack of a node: in one process it needs a quarter of the memory, and fails as one. */
export const services: readonly AnyService[] = [clockSync, nodeController, linkLayer, networkLayer];
