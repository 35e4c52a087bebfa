import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Broker } from "./broker.ts";
import type { BusUser } from "./bus-user.ts";

/** The broker as a process: it says in one line of JSON on which port it listens, and ends with its parent. */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4222" },
    host: { type: "string", default: "127.0.0.1" },
    name: { type: "string", default: "bellmesh-broker" },
    users: { type: "string" },
  },
});
const { host, name } = values;
const log = (line: string) => process.stderr.write(`${line}\n`);
const users = values.users === undefined ? [] : (JSON.parse(readFileSync(values.users, "utf8")) as BusUser[]);
try {
  const broker = await Broker.start({ host, port: Number(values.port), name, users, log });
  process.stdout.write(`${JSON.stringify({ listening: host, port: broker.port })}\n`);
  const stop = () => void broker.stop().then(() => process.exit(0));
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // Where somebody holds our standard input he is our parent: we do not outlive him.
  process.stdin.on("end", stop).on("error", stop).resume();
} catch (error) {
  log(`the broker cannot listen on ${host}:${values.port}: ${(error as Error).message}; give another --port`);
  process.exitCode = 1;
}
