import { Routes, type Service } from "@bellmesh/mesh";
import type { Topology } from "@bellmesh/topology";
import { NodeControllerServiceDefinition, QuantumMemoryServiceDefinition } from "@bellmesh/wire/node-controller";
import { memoryMethods, natureMethods, networkLayerMethods, nodeControllerMethods } from "./methods.ts";
import { NodeController } from "./node-controller.ts";

export interface NodeControllerConfig {
  readonly topology: Topology;
}

const routes = new Routes<NodeController>()
  .on("started", (machine, now, { incarnation }) => machine.started(now, incarnation))
  .call(nodeControllerMethods.requestPairs, (machine, now, request, details) =>
    machine.requestPairs(now, request, details),
  )
  .call(nodeControllerMethods.releasePair, (machine, now, request, details) =>
    machine.releasePair(now, request, details),
  )
  .serve(nodeControllerMethods.deliveries, {
    opened: (machine, _now, stream, _from, request) => machine.follow(stream, request),
    ended: (machine, _now, stream) => machine.unfollow(stream),
  })
  .reply(
    networkLayerMethods.submit,
    (machine, _now, response, call) => machine.submitted(call, response),
    (machine, _now, call, status) => machine.submissionFailed(call, status),
  )
  .serve(memoryMethods.slots, {
    opened: (machine, _now, stream, from) => machine.opened(stream, from, "link-layer"),
    item: (machine, now, request, stream) => machine.slotsAsked(now, request, stream),
    ended: (machine, _now, stream) => machine.slotsEnded(stream),
  })
  .serve(memoryMethods.halves, {
    opened: (machine, _now, stream, from) => machine.opened(stream, from, "network-layer"),
    item: (machine, now, request) => machine.halvesAsked(now, request),
    ended: (machine, _now, stream) => machine.halvesEnded(stream),
  })
  .open(natureMethods.operate, {
    item: (machine, now, response) => machine.natureAnswered(now, response),
    ended: (machine, now, stream) => machine.natureEnded(now, stream),
  })
  .timer((machine, now, { timer }) => machine.timer(now, timer));

/** One node's controller: quantum memory, Bell measurements, deliveries to applications. */
export const service: Service<NodeControllerConfig> = {
  name: "node-controller",
  timeBase: "node",
  serves: [NodeControllerServiceDefinition, QuantumMemoryServiceDefinition],
  subscriptions: () => [],
  start: ({ config, place }) => routes.machine(new NodeController(config.topology, place)),
};
