/**
 * Tests the tests: `npm run mutants` makes one mistake after another in a copy of the sources, and says which seed
 * gives it away, or that none does. `npm run mutants -- --seeds 100 missing-expiry` for some of them.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { caught, type Hunted } from "./caught.ts";
import { allMutants } from "./mutant-tree.ts";

const USAGE = `Usage: npm run mutants -- [--seeds N] [--jobs N] [NAME...]

Makes one mistake after another in a copy of the sources, and says which seed gives it away, or that none does.
Names are those of the patches in test/mutants; all are hunted where none is given. Exit code 1 when one survives.

Options:
  --seeds N  how many seeds are tried for each (default: 500)
  --jobs N   how many are hunted at a time (default: one for each core)
  --help     show this help
`;

const { values, positionals } = asked();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}
const unknown = positionals.filter((name) => !allMutants().some((mutant) => mutant.name === name));
if (unknown.length > 0) refuse(`there is no mutant ${unknown.join(", ")}`);
const seeds = Number(values.seeds);
if (!Number.isInteger(seeds) || seeds < 1) refuse(`--seeds is ${values.seeds}: give a whole number from 1`);
const jobs = Number(values.jobs ?? availableParallelism());
if (!Number.isInteger(jobs) || jobs < 1) refuse(`--jobs is ${values.jobs}: give a whole number from 1`);
const chosen = allMutants().filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const tell = ({ mutant, seed, property, message }: Hunted) => {
  const fate = seed === undefined ? "SURVIVED" : `caught    seed ${seed}  ${property}  ${message?.slice(0, 80)}`;
  console.log(`${mutant.name.padEnd(38)} ${fate}`);
};
const hunted = await caught(chosen, [1, seeds], jobs, tell);
const survivors = hunted.filter(({ seed }) => seed === undefined).map(({ mutant }) => mutant.name);
const score = ((100 * (hunted.length - survivors.length)) / hunted.length).toFixed(1);
console.log(`${hunted.length - survivors.length} of ${hunted.length} caught within ${seeds} seeds (${score} %)`);
if (survivors.length > 0) console.log(`survived: ${survivors.join(", ")}`);
process.exitCode = survivors.length > 0 ? 1 : 0;

function asked() {
  try {
    return parseArgs({
      options: {
        seeds: { type: "string", default: "500" },
        jobs: { type: "string" },
        help: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n\n${USAGE}`);
  process.exit(2);
}
