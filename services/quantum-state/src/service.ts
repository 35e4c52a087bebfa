import { methodsOf, Routes, type Service } from "@bellmesh/mesh";
import { subjects } from "@bellmesh/wire";
import { ClockCorrection } from "@bellmesh/wire/control";
import { QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import type { QuantumStateConfig } from "./config.ts";
import { Nature } from "./nature.ts";

export type { Half } from "./half.ts";
export type { Nature } from "./nature.ts";

const { operate, createPairs, calibrate, showHardware } = methodsOf(QuantumStateServiceDefinition);

const routes = new Routes<Nature>()
  .on("started", (nature, _now, { incarnation, recovered }) => nature.started(incarnation, recovered))
  .serve(operate, {
    opened: (nature, _now, stream, from) => nature.operatorOpened(stream, from),
    item: (nature, now, request, stream, lateNs) => nature.operate(now, request, stream, lateNs),
    ended: (nature, now, stream) => nature.operatorEnded(now, stream),
  })
  .serve(createPairs, {
    opened: (nature, _now, stream, from) => nature.stationOpened(stream, from),
    item: (nature, now, request, stream) => nature.createPair(now, request, stream),
    ended: (nature, now, stream) => nature.stationEnded(now, stream),
  })
  .call(calibrate, (nature, now, request, details) => nature.calibrate(now, request, details))
  .on("fault-began", (nature, now, change) => nature.befallen(now, change))
  .on("fault-ended", (nature, now, change) => nature.befallen(now, change))
  .on("stored", (nature, now, { key }) => nature.stored(now, key))
  .call(showHardware, (nature, _now, request, details) => nature.showHardware(request, details))
  .timer((nature, now, { timer }) => nature.timer(now, timer))
  .message(ClockCorrection, (nature, now, correction, subject) => nature.correctClock(now, correction, subject));

/**
 * Nature as a service that shows itself to whoever made it, each time it starts: the oracle's door. The simulation may
 * look in; a service never does, for services import none of one another.
 */
export function watched(onStart: (nature: Nature) => void): Service<QuantumStateConfig> {
  return {
    name: "quantum-state",
    timeBase: "true",
    serves: [QuantumStateServiceDefinition],
    subscriptions: ({ config }) => [
      { subject: subjects.controlOfAll(config.topology.name, "clock"), type: ClockCorrection },
    ],
    start: (context) => {
      const nature = new Nature(context);
      onStart(nature);
      return routes.machine(nature);
    },
  };
}

/** Nature: the joint quantum state of every qubit, reached by local operations and by heralding stations only. */
export const service: Service<QuantumStateConfig> = watched(() => undefined);
