import { spawn } from "node:child_process";
import { allMutants, type Mutant, MutantTree } from "./mutant-tree.ts";

const HUNT_MAX_MS = 900_000;

/** What the exploration made of a mutant: the first seed that broke a rule, and which; none where it survived. */
export interface Hunted {
  readonly mutant: Mutant;
  readonly seed?: number;
  readonly property?: string;
  readonly message?: string;
}

/** Hunts mutants, so many at a time; told of each as it is done. */
export async function caught(
  mutants: readonly Mutant[],
  seeds: readonly [number, number],
  jobs: number,
  onHunted: (hunted: Hunted) => void = () => undefined,
): Promise<readonly Hunted[]> {
  const left = [...mutants];
  const hunted: Hunted[] = [];
  const hunt = async () => {
    const tree = new MutantTree();
    try {
      for (let mutant = left.shift(); mutant; mutant = left.shift()) {
        const found = await tree.with(mutant, () => huntIn(tree.path, seeds));
        const result = { mutant, ...found };
        hunted.push(result);
        onHunted(result);
      }
    } finally {
      tree.remove();
    }
  };
  await Promise.all(Array.from({ length: jobs }, hunt));
  return hunted;
}

/** Five mutants, others every day: over some days all have had their turn but those known to survive. */
export function rotating(day: number, size = 5): readonly Mutant[] {
  const mutants = allMutants().filter(({ survives }) => !survives);
  const start = (day * size) % mutants.length;
  return [...mutants, ...mutants].slice(start, start + size);
}

function huntIn(tree: string, [first, last]: readonly [number, number]): Promise<Partial<Hunted>> {
  const words = ["test/mutants/hunt.ts", String(first), String(last)];
  const child = spawn(process.execPath, words, { cwd: tree, stdio: ["ignore", "pipe", "pipe"], timeout: HUNT_MAX_MS });
  let [told, complaint] = ["", ""];
  child.stdout.on("data", (data: Buffer) => {
    told += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(told));
      else reject(new Error(`the hunt ended with ${code}: ${complaint}`));
    });
  });
}
