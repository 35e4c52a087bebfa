import { Routes, type Service } from "@bellmesh/mesh";
import { type Ask, nodeControllerMethods, Requester } from "./requester.ts";
import type { RequesterTable } from "./requester-table.ts";

export type { Ask } from "./requester.ts";
export { RequesterTable } from "./requester-table.ts";

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
