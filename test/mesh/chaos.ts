/**
 * Ten minutes of one random kill or pause every ten seconds on a mesh of processes, and what the referees say:
 * `node test/mesh/chaos.ts [--seconds 600] [--every 10] [--seed 1] [--topology F] [--ledger F]`.
 * Exit 1 when they object.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { randomFaults } from "./random-faults.ts";

const example = fileURLToPath(new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    every: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    topology: { type: "string", default: example },
    ledger: { type: "string" },
  },
});
const report = await randomFaults({
  topology: values.topology,
  seed: Number(values.seed),
  seconds: Number(values.seconds),
  everySeconds: Number(values.every),
  ledgerFile: values.ledger,
  note: (text) => process.stderr.write(`${text}\n`),
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (report.wrong.length > 0) process.exitCode = 1;
