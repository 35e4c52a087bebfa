/**
 * A process for tests: writes steps into the ledger until it is killed, and says on stdout how many they are. It kills
 * itself at the first word of an error, so that nothing it does behind that can mend anything.
 */
import { writeSync } from "node:fs";
import { pino } from "pino";
import { LedgerWriter } from "./ledger-writer.ts";

const STEPS_PER_TURN = 50;

const [directory = ""] = process.argv.slice(2);
const log = pino(
  { level: "error" },
  {
    write(line: string) {
      writeSync(2, line);
      process.kill(process.pid, "SIGKILL");
    },
  },
);
const identity = { network: "lab", service: "node-controller", place: "bob", incarnation: 1 };
const writer = LedgerWriter.open({ directory, ...identity, log });
let steps = 0;
setInterval(() => {
  for (let step = 0; step < STEPS_PER_TURN; step++) {
    steps += 1;
    const halfStored = { pair: `alice-bob/1/${steps}`, node: "bob", link: "alice-bob", slot: 0 };
    writer.record({ $case: "halfStored", halfStored }, steps, 0);
    writer.commit();
  }
  writeSync(1, `${steps}\n`);
}, 1);
