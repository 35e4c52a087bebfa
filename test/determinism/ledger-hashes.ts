/** Prints the hash of the ledger of every seed from 1 to the one given, one a line. */
import { drawTrial, runTrial } from "@bellmesh/simulation/exploration";

const last = Number(process.argv[2]);
for (let seed = 1; seed <= last; seed += 1) process.stdout.write(`${runTrial(drawTrial(seed)).sha256}\n`);
