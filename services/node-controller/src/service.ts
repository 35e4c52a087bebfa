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
  .call(nodeControllerMethods.withdrawPairs, (machine, now, request, details) =>
    machine.withdrawPairs(now, request, details),
  )
  .call(nodeControllerMethods.releasePair, (machine, now, request, details) =>
    machine.releasePair(now, request, details),
  )
  .call(nodeControllerMethods.measurePair, (machine, now, request, details) =>
    machine.measurePair(now, request, details),
  )
  .serve(nodeControllerMethods.deliveries, {
    opened: ({ sessions }, _now, stream, _from, request) => sessions.follow(stream, request),
    ended: ({ sessions }, _now, stream) => sessions.unfollow(stream),
  })
  .reply(
    networkLayerMethods.submit,
    ({ sessions }, _now, response, call) => sessions.accepted(call, response),
    ({ sessions }, now, call, status) => sessions.refused(now, call, status),
  )
  .reply(
    networkLayerMethods.withdraw,
    () => [], // RequestEnded tells
    () => [], // the request has ended meanwhile
  )
  .serve(memoryMethods.slots, {
    opened: (machine, _now, stream, from) => machine.slotsOpened(stream, from),
    item: (machine, now, request, stream) => machine.slotsAsked(now, request, stream),
    ended: (machine, _now, stream) => machine.slotsEnded(stream),
  })
  .serve(memoryMethods.halves, {
    opened: (machine, now, stream, from) => machine.halvesOpened(now, stream, from),
    item: (machine, now, request, stream) => machine.halvesAsked(now, request, stream),
    ended: (machine, now, stream) => machine.halvesEnded(now, stream),
  })
  .open(natureMethods.operate, {
    item: (machine, now, response) => machine.natureAnswered(now, response),
    ended: (machine, now, stream) => machine.natureEnded(now, stream),
  })
  .on("fault-began", (machine, _now, change) => machine.befallen(change))
  .on("fault-ended", (machine, _now, change) => machine.befallen(change))
  .timer((machine, now, { timer }) => machine.timer(now, timer));

/** One node's controller: quantum memory, Bell measurements, deliveries to applications. */
export const service: Service<NodeControllerConfig> = {
  name: "node-controller",
  timeBase: "node",
  serves: [NodeControllerServiceDefinition, QuantumMemoryServiceDefinition],
  subscriptions: () => [],
  start: ({ config, place }) => routes.machine(new NodeController(config.topology, place)),
};
