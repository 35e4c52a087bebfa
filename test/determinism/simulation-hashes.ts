/** Prints the hash of what `bellmesh simulate` writes for every seed from 1 to the one given, one a line. */
import { fileURLToPath } from "node:url";
import { simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";

const example = new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url);
const line = { topology: loadTopology("line:4"), from: "n0", to: "n3" };
const repeater = { topology: loadTopology(fileURLToPath(example)), from: "alice", to: "bob" };
const last = Number(process.argv[2]);
for (let seed = 1; seed <= last; seed += 1) {
  const { ledger } = simulate({ ...(seed % 2 === 0 ? line : repeater), pairs: 60, seed });
  process.stdout.write(`${ledger.sha256}\n`);
}
