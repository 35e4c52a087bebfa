/**
 * A process for tests: writes down what a ledger holds, as the writers of that ledger would, and says so; then it waits
 * to be killed. As the second incarnation it only sends what the first has left.
 */
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { LedgerWriter, NatsBus } from "@bellmesh/mesh/grpc-nats";
import { readLedger } from "@bellmesh/simulation";
import { pino } from "pino";

const [url = "", file = "", directory = "", text = ""] = process.argv.slice(2);
const incarnation = Number(text);
const log = pino({ level: "warn" }, pino.destination({ dest: 2, sync: true }));
const { header, events } = readLedger(readFileSync(file));
const writers = new Map<string, LedgerWriter>();
for (const { writer } of events) {
  if (writers.has(writer)) continue;
  const [service = "", place = ""] = writer.split("/");
  const identity = { network: header.network, service, place, incarnation };
  writers.set(writer, LedgerWriter.open({ directory: join(directory, `${service}.${place}`), ...identity, log }));
}
const onUp = () => {
  for (const writer of writers.values()) writer.busUp();
};
const bus = NatsBus.open({ url, name: "writers", log, onUp, onDown: () => undefined });
for (const writer of writers.values()) writer.connect(bus);
if (incarnation === 1) {
  for (const { writer, event, at } of events) {
    if (event === undefined) continue;
    writers.get(writer)?.record(event, at, 0);
    writers.get(writer)?.commit();
  }
}
writeSync(1, "written\n");
