import { Routes, type Service } from "@bellmesh/mesh";
import { type Ask, nodeControllerMethods, Requester } from "./requester.ts";
import type { RequesterTable } from "./requester-table.ts";
import { Tomographer, type TomographerConfig } from "./tomographer.ts";

export type { Ask } from "./requester.ts";
export { RequesterTable } from "./requester-table.ts";
export type { TomographerConfig } from "./tomographer.ts";
export { type ReadoutErrors, type Setting, type Tomography, tomography } from "./tomography.ts";
export { basisOf, type Shot, TomographyTable } from "./tomography-table.ts";

export interface RequesterConfig {
  readonly ask: Ask;
  /** Filled as deliveries come; one of its own for every start. */
  readonly table: RequesterTable;
}

const routes = new Routes<Requester>()
  .on("started", (machine, now) => machine.started(now))
  .reply(
    nodeControllerMethods.requestPairs,
    (machine, now, response) => machine.answered(now, response),
    (machine, now, _call, status) => machine.refused(now, status),
  )
  .open(nodeControllerMethods.deliveries, {
    item: (machine, now, response, stream) => machine.delivery(now, response, stream),
    ended: (machine, now, stream, status) => machine.streamEnded(now, stream, status),
  })
  .timer((machine, now, { timer }) => machine.timer(now, timer));

/** An application that asks for pairs and counts what it gets. */
export const service: Service<RequesterConfig> = {
  name: "requester",
  timeBase: "node",
  serves: [],
  subscriptions: () => [],
  start: ({ config }) => routes.machine(new Requester(config.ask, config.table)),
};

const tomographerRoutes = new Routes<Tomographer>()
  .on("started", (machine) => machine.started())
  .reply(
    nodeControllerMethods.measurePair,
    (machine, _now, response, call) => machine.measured(call, response),
    (machine, _now, call) => machine.failed(call),
  )
  .open(nodeControllerMethods.deliveries, {
    item: (machine, now, response) => machine.delivery(now, response),
    ended: (machine, now, stream, status) => machine.streamEnded(now, stream, status),
  })
  .timer((machine, now, { timer }) => machine.timer(now, timer));

/** An application at one end of a request, which measures its half of every pair. */
export const tomographer: Service<TomographerConfig> = {
  name: "tomographer",
  timeBase: "node",
  serves: [],
  subscriptions: () => [],
  start: ({ config }) => tomographerRoutes.machine(new Tomographer(config)),
};
