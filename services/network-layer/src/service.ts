import { Routes, type Service } from "@bellmesh/mesh";
import type { Topology } from "@bellmesh/topology";
import { subjects } from "@bellmesh/wire";
import { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import { NetworkLayerServiceDefinition } from "@bellmesh/wire/network-layer";
import { linkLayerMethods, memoryMethods, networkLayerMethods } from "./methods.ts";
import { NetworkLayer } from "./network-layer.ts";

export interface NetworkLayerConfig {
  readonly topology: Topology;
}

const routes = new Routes<NetworkLayer>()
  .on("started", (machine, _now, { incarnation }) => machine.started(incarnation))
  .call(networkLayerMethods.submit, (machine, now, request, details) => machine.submit(now, request, details))
  .call(networkLayerMethods.withdraw, (machine, now, request, details) => machine.withdraw(now, request, details))
  .call(networkLayerMethods.listCircuits, (machine, _now, _request, { call }) => machine.listCircuits(call))
  .call(networkLayerMethods.getCounters, (machine, _now, _request, { call }) => machine.counters(call))
  .serve(networkLayerMethods.signal, {
    opened: (machine, now, stream, from) => machine.signalOpened(now, stream, from),
    item: (machine, now, request, stream) => machine.signalled(now, request, stream),
    ended: (machine, now, stream) => machine.signalEnded(now, stream),
  })
  .open(networkLayerMethods.signal, {
    item: (machine, now, response, stream) => machine.answered(now, response, stream),
    ended: (machine, now, stream) => machine.uplinkEnded(now, stream),
  })
  .reply(
    linkLayerMethods.create,
    (machine, now, { createId }, call) => machine.created(now, call, createId),
    (machine, now, call, status) => machine.createFailed(now, call, status),
  )
  .open(linkLayerMethods.events, {
    item: (machine, now, response) => machine.linkEvent(now, response),
    ended: (machine, now, stream, status) => machine.linkEventsEnded(now, stream, status),
  })
  .open(memoryMethods.halves, {
    item: (machine, now, response) => machine.memoryAnswered(now, response),
    ended: (machine, now, stream, status) => machine.memoryEnded(now, stream, status),
  })
  .message(Feedforward, (machine, now, message, subject) => machine.feedforward(now, message, subject))
  .message(Acknowledgement, (machine, _now, message, subject) => machine.acknowledged(message, subject))
  .timer((machine, now, { timer }) => machine.timer(now, timer));

/** The network layer of one node: routing, signalling, and the quantum network protocol. */
export const service: Service<NetworkLayerConfig> = {
  name: "network-layer",
  timeBase: "node",
  serves: [NetworkLayerServiceDefinition],
  subscriptions: ({ config: { topology }, place }) => [
    { subject: subjects.feedforwardTo(topology.name, place, "track"), type: Feedforward },
    { subject: subjects.feedforwardTo(topology.name, place, "expire"), type: Feedforward },
    { subject: subjects.feedforwardTo(topology.name, place, "ack"), type: Acknowledgement },
  ],
  start: ({ config, place, entropy }) => routes.machine(new NetworkLayer(config.topology, place, entropy)),
};
