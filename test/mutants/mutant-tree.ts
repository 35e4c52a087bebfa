import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "test", "mutants");

/** A deliberate mistake: a patch whose header says what it breaks; see README.md. */
export interface Mutant {
  readonly name: string;
  readonly breaks: string;
  /** Of the stack, which the mistake does not keep. */
  readonly promise: string;
  /** In which runs it can show. */
  readonly visible: string;
  /** No seed is known that gives it away. */
  readonly survives: boolean;
  readonly patch: string;
}

/** Every patch of this folder and of survivors, by name. */
export function allMutants(): readonly Mutant[] {
  const mutants = [...mutantsIn(folder, false), ...mutantsIn(join(folder, "survivors"), true)];
  return mutants.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function mutantsIn(place: string, survives: boolean): readonly Mutant[] {
  if (!existsSync(place)) return [];
  const files = readdirSync(place).filter((file) => file.endsWith(".patch"));
  return files.map((file) => {
    const patch = join(place, file);
    const lines = readFileSync(patch, "utf8").split("\n");
    const said = (key: string) => lines.find((line) => line.startsWith(key))?.slice(key.length) ?? "";
    const header = { breaks: lines[0] as string, promise: said("Promise: "), visible: said("Visible: ") };
    return { name: file.replace(/\.patch$/, ""), ...header, survives, patch };
  });
}

/** Whether the patch fits the sources as they are. @throws Error, with what git says, where it does not */
export function checkApplies({ patch }: Mutant): void {
  execFileSync("git", ["apply", "--check", patch], { cwd: root, stdio: "pipe" });
}

/** A copy of the sources in which one mutant at a time can live. */
export class MutantTree {
  readonly path = mkdtempSync(join(tmpdir(), "mutant-"));

  constructor() {
    for (const part of ["packages", "services", "test/mutants", "package.json", "examples"]) {
      cpSync(join(root, part), join(this.path, part), { recursive: true });
    }
    // Our own packages are found in the copy, everything else where it is.
    const modules = join(this.path, "node_modules");
    mkdirSync(modules);
    for (const name of readdirSync(join(root, "node_modules"))) {
      const from = join(root, "node_modules", name);
      if (name === "@bellmesh") cpSync(from, join(modules, name), { recursive: true, verbatimSymlinks: true });
      else if (!name.startsWith(".")) symlinkSync(from, join(modules, name));
    }
  }

  /** Lets the mutant live while something is done with the tree. */
  async with<T>({ patch }: Mutant, use: () => Promise<T>): Promise<T> {
    const git = (...words: string[]) => execFileSync("git", ["apply", ...words, patch], { cwd: this.path });
    git();
    try {
      return await use();
    } finally {
      git("-R");
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
