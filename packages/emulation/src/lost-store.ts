import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "@bellmesh/mesh";

const STORE_ENTRY = "entry.";

/**
 * Deletes what the services of a process have stored. The host's count of starts, its faults and its ledger stay, and
 * a service that has never started has nothing to lose.
 * @param state where the processes of the mesh keep what must survive a crash
 */
export function loseStore(state: string, addresses: readonly Address[]): void {
  for (const address of addresses) {
    const folder = join(state, address.replace("/", "."));
    for (const name of namesIn(folder)) if (name.startsWith(STORE_ENTRY)) rmSync(join(folder, name), { force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
