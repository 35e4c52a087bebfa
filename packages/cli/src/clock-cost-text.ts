import type { MeshReport } from "@bellmesh/emulation";
import type { SimulationReport } from "@bellmesh/simulation";
import { count } from "./report-text.ts";
import { table } from "./table.ts";

/** What imperfect clocks cost, link by link; nothing where nothing was asked of links. */
export function clockCostLines({ clocks }: Pick<SimulationReport | MeshReport, "clocks">): readonly string[] {
  if (clocks.length === 0) return [];
  const rows = clocks.map(({ link, refusedNs, rateLost, attemptsRefused, visibilityLost, fidelityLost }) => [
    link,
    `${(refusedNs / 1e9).toFixed(3)} s`,
    percent(rateLost),
    count(attemptsRefused),
    percent(visibilityLost),
    percent(fidelityLost),
  ]);
  const heads = ["what clocks cost", "untrusted", "of the rate", "attempts", "of visibility", "of fidelity"];
  return ["", table([heads, ...rows], "lrrrrr")];
}

function percent(share: number | null): string {
  return share === null ? "–" : `${(100 * share).toFixed(3)} %`;
}
