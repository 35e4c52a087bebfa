import { methodsOf, Routes, type Service } from "@bellmesh/mesh";
import { subjects } from "@bellmesh/wire";
import { ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { ClockAnnounce } from "@bellmesh/wire/control";
import { ClockSync } from "./clock-sync.ts";
import type { ClockSyncConfig } from "./config.ts";

export type { ClockSyncConfig } from "./config.ts";

const { exchange, getStatus, watchStatus } = methodsOf(ClockSyncServiceDefinition);

const routes = new Routes<ClockSync>()
  .on("started", (machine, now, input) => machine.started(now, input))
  .on("fault-began", (machine, _now, change) => machine.befallen(change))
  .on("fault-ended", (machine, _now, change) => machine.befallen(change))
  .timer((machine, now, input) => machine.intervalOver(now, input))
  .call(exchange, (machine, now, request, details) => machine.exchangeAsked(now, request, details))
  .reply(
    exchange,
    (machine, now, response, call, reading) => machine.exchangeAnswered(now, response, call, reading),
    (machine, now, call, status) => machine.exchangeFailed(now, call, status),
  )
  .call(getStatus, (machine, now, _request, details) => machine.statusAsked(now, details))
  .serve(watchStatus, {
    opened: (machine, now, stream) => machine.watched(now, stream),
    ended: (machine, _now, stream) => machine.unwatched(stream),
  })
  .message(ClockAnnounce, (machine, now, announce, subject) => machine.announced(now, announce, subject));

/** Clock synchronisation of one node; its place is the node. */
export const service: Service<ClockSyncConfig> = {
  name: "clock-sync",
  timeBase: "node",
  stamped: true,
  serves: [ClockSyncServiceDefinition],
  subscriptions: ({ config }) => [
    { subject: subjects.controlOfAll(config.topology.name, "announce"), type: ClockAnnounce },
  ],
  start: (context) => routes.machine(new ClockSync(context)),
};
