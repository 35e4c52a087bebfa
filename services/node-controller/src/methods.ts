import { methodsOf } from "@bellmesh/mesh";
import { NetworkLayerServiceDefinition } from "@bellmesh/wire/network-layer";
import { NodeControllerServiceDefinition, QuantumMemoryServiceDefinition } from "@bellmesh/wire/node-controller";
import { QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";

export const nodeControllerMethods = methodsOf(NodeControllerServiceDefinition);
export const memoryMethods = methodsOf(QuantumMemoryServiceDefinition);
export const networkLayerMethods = methodsOf(NetworkLayerServiceDefinition);
export const natureMethods = methodsOf(QuantumStateServiceDefinition);
