/**
 * Tests the tests: `npm run mutants` makes one mistake after another in a copy of the sources, and says which seed
 * gives it away, or that none does. `npm run mutants -- --seeds 100 missing-expiry` for some of them.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { caught, type Hunted } from "./caught.ts";
import { allMutants } from "./mutant-tree.ts";

const { values, positionals } = parseArgs({
  options: { seeds: { type: "string", default: "500" }, jobs: { type: "string" } },
  allowPositionals: true,
});
const chosen = allMutants().filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const jobs = Number(values.jobs ?? availableParallelism());
const tell = ({ mutant, seed, property, message }: Hunted) => {
  const fate = seed === undefined ? "SURVIVED" : `caught    seed ${seed}  ${property}  ${message?.slice(0, 80)}`;
  console.log(`${mutant.name.padEnd(38)} ${fate}`);
};
const hunted = await caught(chosen, [1, Number(values.seeds)], jobs, tell);
const survivors = hunted.filter(({ seed }) => seed === undefined).map(({ mutant }) => mutant.name);
const score = ((100 * (hunted.length - survivors.length)) / hunted.length).toFixed(1);
console.log(`${hunted.length - survivors.length} of ${hunted.length} caught within ${values.seeds} seeds (${score} %)`);
if (survivors.length > 0) console.log(`survived: ${survivors.join(", ")}`);
process.exitCode = survivors.length > 0 ? 1 : 0;
