import { methodsOf } from "@bellmesh/mesh";
import { ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { LinkLayerServiceDefinition } from "@bellmesh/wire/link-layer";
import { QuantumMemoryServiceDefinition } from "@bellmesh/wire/node-controller";
import { PhysicalLinkServiceDefinition } from "@bellmesh/wire/physical-link";

export const linkLayerMethods = methodsOf(LinkLayerServiceDefinition);
export const stationMethods = methodsOf(PhysicalLinkServiceDefinition);
export const memoryMethods = methodsOf(QuantumMemoryServiceDefinition);
export const clockMethods = methodsOf(ClockSyncServiceDefinition);
