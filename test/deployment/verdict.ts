import type { Cluster } from "./cluster.ts";

export interface Verdict {
  readonly violations: readonly string[];
  readonly delivered: number;
}

/** What the referees say of the ledger that the collector has gathered so far. */
export async function verdictOf(cluster: Cluster): Promise<Verdict> {
  const said = await cluster.run("collector", ["cat", "/var/lib/bellmesh/verdict.json"]);
  return JSON.parse(said);
}
