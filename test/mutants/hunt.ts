/**
 * Runs in a mutant's own tree: explores seeds from the first to the last until one breaks a rule, and prints which.
 * `node test/mutants/hunt.ts 1 500`
 */
import { drawTrial, runTrial } from "@bellmesh/simulation/exploration";

const [first = 1, last = 500] = process.argv.slice(2).map(Number);

function hunt(): object {
  for (let seed = first; seed <= last; seed += 1) {
    const [violation] = runTrial(drawTrial(seed)).violations;
    if (violation) return { seed, ...violation };
  }
  return {};
}

process.stdout.write(`${JSON.stringify(hunt())}\n`);
