import type { Cluster } from "./cluster.ts";

/** What the collector's `verdict.json` holds, as far as is read here. */
export interface CollectorVerdict {
  readonly received: number;
  readonly held: number;
  readonly gaps: number;
  readonly delivered: number;
  readonly openPairs: number;
  readonly verdicts: readonly {
    readonly name: string;
    readonly verdict: "true" | "false" | "unknown";
    readonly violations: readonly { readonly message: string }[];
  }[];
}

/** What the referees say of the ledger that the collector has gathered so far. */
export async function verdictOf(cluster: Cluster): Promise<CollectorVerdict> {
  return JSON.parse(await cluster.run("collector", ["cat", "/var/lib/bellmesh/collector/verdict.json"]));
}

/** Whoever of the referees has found something, and what. */
export function findings({ verdicts }: CollectorVerdict): readonly string[] {
  return verdicts.flatMap(({ name, violations }) => violations.map(({ message }) => `${name}: ${message}`));
}
