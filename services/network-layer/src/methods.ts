import { methodsOf } from "@bellmesh/mesh";
import { LinkLayerServiceDefinition } from "@bellmesh/wire/link-layer";
import { NetworkLayerServiceDefinition } from "@bellmesh/wire/network-layer";
import { QuantumMemoryServiceDefinition } from "@bellmesh/wire/node-controller";

export const networkLayerMethods = methodsOf(NetworkLayerServiceDefinition);
export const linkLayerMethods = methodsOf(LinkLayerServiceDefinition);
export const memoryMethods = methodsOf(QuantumMemoryServiceDefinition);
