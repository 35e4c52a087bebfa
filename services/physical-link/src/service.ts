import { methodsOf, Routes, type Service } from "@bellmesh/mesh";
import { subjects } from "@bellmesh/wire";
import { ClockCorrection } from "@bellmesh/wire/control";
import { Acknowledgement } from "@bellmesh/wire/feedforward";
import { PhysicalLinkServiceDefinition } from "@bellmesh/wire/physical-link";
import { QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { linkOf, type PhysicalLinkConfig } from "./config.ts";
import { HeraldingStation } from "./heralding-station.ts";

const { generate } = methodsOf(PhysicalLinkServiceDefinition);
const { createPairs } = methodsOf(QuantumStateServiceDefinition);

const routes = new Routes<HeraldingStation>()
  .on("started", (station, _now, { incarnation }) => station.started(incarnation))
  .serve(generate, {
    opened: (station, now, stream, from) => station.opened(now, stream, from),
    item: (station, now, request, stream) => station.commanded(now, request, stream),
    ended: (station, now, stream) => station.ended(now, stream),
  })
  .open(createPairs, {
    item: (station, now, response, stream) => station.natureAnswered(now, response, stream),
    ended: (station, now, stream) => station.natureEnded(now, stream),
  })
  .message(ClockCorrection, (station, now, correction, subject) => station.correctClock(now, correction, subject))
  .message(Acknowledgement, (station, _now, acknowledgement, subject) => station.acknowledged(acknowledgement, subject))
  .on("fault-began", (station, now, change) => station.befallen(now, change))
  .on("fault-ended", (station, now, change) => station.befallen(now, change))
  .timer((station, now, { timer }) => station.timer(now, timer));

/** The heralding station of one link: attempts, loss, dark counts, visibility, and which pairs came of it. */
export const service: Service<PhysicalLinkConfig> = {
  name: "physical-link",
  timeBase: "true",
  serves: [PhysicalLinkServiceDefinition],
  subscriptions: (context) => {
    const network = context.config.topology.name;
    const clocks = linkOf(context).ends.map((end) => subjects.control(network, end, "clock"));
    return [
      ...clocks.map((subject) => ({ subject, type: ClockCorrection })),
      { subject: subjects.feedforwardTo(network, context.place, "ack"), type: Acknowledgement },
    ];
  },
  start: (context) => routes.machine(new HeraldingStation(context)),
};
