import { Routes, type Service } from "@bellmesh/mesh";
import type { Topology } from "@bellmesh/topology";
import { subjects } from "@bellmesh/wire";
import { Feedforward } from "@bellmesh/wire/feedforward";
import { LinkLayerServiceDefinition } from "@bellmesh/wire/link-layer";
import { LinkLayer } from "./link-layer.ts";
import { clockMethods, linkLayerMethods, memoryMethods, stationMethods } from "./methods.ts";

export interface LinkLayerConfig {
  readonly topology: Topology;
}

const routes = new Routes<LinkLayer>()
  .on("started", (machine, now, { incarnation }) => machine.started(now, incarnation))
  .call(linkLayerMethods.create, (machine, now, request, details) => machine.create(now, request, details))
  .call(linkLayerMethods.cancel, (machine, now, request, details) => machine.cancel(now, request, details))
  .serve(linkLayerMethods.events, {
    opened: (machine, _now, stream, from, request) => machine.follow(stream, from, request),
    ended: (machine, _now, stream) => machine.unfollow(stream),
  })
  .serve(linkLayerMethods.peer, {
    opened: (machine, _now, stream, from) => machine.peerOpened(stream, from),
    item: (machine, now, request, stream) => machine.peerAsked(now, request, stream),
    ended: (machine, now, stream) => machine.peerLeft(now, stream),
  })
  .open(linkLayerMethods.peer, {
    item: (machine, now, response, stream) => machine.peerTold(now, response, stream),
    ended: (machine, now, stream) => machine.streamEnded(now, stream),
  })
  .open(memoryMethods.slots, {
    item: (machine, now, response) => machine.granted(now, response),
    ended: (machine, now, stream) => machine.streamEnded(now, stream),
  })
  .open(stationMethods.generate, {
    item: (machine, now, response, stream) => machine.seriesEnded(now, response, stream),
    ended: (machine, now, stream) => machine.streamEnded(now, stream),
  })
  .open(clockMethods.watchStatus, {
    item: (machine, now, response) => machine.clockReported(now, response),
    ended: (machine, now, stream) => machine.streamEnded(now, stream),
  })
  .message(Feedforward, (machine, now, message, subject) => machine.heralded(now, message, subject))
  .on("fault-began", (machine, _now, change) => machine.befallen(change))
  .on("fault-ended", (machine, _now, change) => machine.befallen(change))
  .timer((machine, now, { timer }) => machine.timer(now, timer));

/** The link layer of one node (EGP over MHP). */
export const service: Service<LinkLayerConfig> = {
  name: "link-layer",
  timeBase: "node",
  serves: [LinkLayerServiceDefinition],
  subscriptions: ({ config, place }) => [
    { subject: subjects.feedforwardTo(config.topology.name, place, "herald"), type: Feedforward },
  ],
  start: ({ config, place }) => routes.machine(new LinkLayer(config.topology, place)),
};
