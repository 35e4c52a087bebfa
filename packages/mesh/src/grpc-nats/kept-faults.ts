import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultEntry } from "../faults/fault-kinds.ts";
import type { FaultScope } from "../faults/fault-scope.ts";
import { faultData } from "../faults/fault-text.ts";
import { readFault } from "../faults/read-fault.ts";

/** The faults of a process on disk: they last beyond its crash, as a cut fibre does. */
export class KeptFaults {
  readonly #file: string;
  readonly #scope: FaultScope;

  constructor(directory: string, scope: FaultScope) {
    this.#file = join(directory, "faults.json");
    this.#scope = scope;
  }

  /** What was kept. @throws FaultError when it is of another network */
  read(): readonly FaultEntry[] {
    if (!existsSync(this.#file)) return [];
    const kept = JSON.parse(readFileSync(this.#file, "utf8")) as readonly unknown[];
    return kept.map((entry) => readFault(entry, this.#scope));
  }

  /** In one move, so that a process that is killed meanwhile finds the file whole. */
  write(entries: readonly FaultEntry[]): void {
    writeFileSync(`${this.#file}.part`, JSON.stringify(entries.map(faultData)));
    renameSync(`${this.#file}.part`, this.#file);
  }
}
