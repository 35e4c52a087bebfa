import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Broker } from "./broker.ts";
import type { BusUser } from "./bus-user.ts";

/** The broker as a process: `main.ts --port 4222 --host 127.0.0.1 --users FILE`; says on which port it listens. */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4222" },
    host: { type: "string", default: "127.0.0.1" },
    users: { type: "string" },
  },
});
const users = values.users === undefined ? [] : (JSON.parse(readFileSync(values.users, "utf8")) as BusUser[]);
const broker = await Broker.start({ host: values.host, port: Number(values.port), users });
process.stdout.write(`${JSON.stringify({ listening: values.host, port: broker.port })}\n`);

const stop = () => void broker.stop().then(() => process.exit(0));
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
// Where somebody holds our standard input he is our parent: we do not outlive him.
process.stdin.on("end", stop).on("error", stop).resume();
