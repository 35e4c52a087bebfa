import type { DumpedState } from "@bellmesh/simulation";
import { type Entry, modulus, NOTHING, phaseDegrees } from "./state-dump-phase.ts";
import { table, width } from "./table.ts";

const KETS = ["|00⟩", "|01⟩", "|10⟩", "|11⟩"] as const;
/** From nothing to the largest entry a pair's matrix can have beside the diagonal, ½ and more. */
const SHADES = [" ", "░", "▒", "▓", "█"] as const;
const CELL = 15;

/** A state as people read it: what it is worth, and a picture of |ρ| with the phases beside. */
export function stateText(state: DumpedState): string {
  const { halves, atNs, engine, why, announced, fidelity, purity, bellWeights } = state;
  const [left, right] = halves;
  const rows = [
    ["pair", state.pair],
    ["left qubit", halfText(left)],
    ["right qubit", halfText(right)],
    ["at", `${(atNs / 1e6).toFixed(6)} ms of mesh time`],
    ["engine", `${engine}: ${why}`],
    ["Bell state", announced ?? "not known"],
    ["fidelity", fidelity === undefined ? "–" : fidelity.toFixed(9)],
    ["Bell weights", weightsText(bellWeights)],
    ["purity", purity.toFixed(6)],
  ];
  return [table(rows), "", picture(state.rho)].join("\n");
}

function halfText({ node, pair, deliveredNs }: DumpedState["halves"][number]): string {
  const when = deliveredNs === undefined ? "held" : `delivered at ${(deliveredNs / 1e6).toFixed(6)} ms`;
  return `${node}, half of ${pair}, ${when}`;
}

function weightsText(weights: DumpedState["bellWeights"]): string {
  return Object.entries(weights)
    .map(([name, weight]) => `${name} ${weight.toFixed(6)}`)
    .join("  ");
}

/** |ρ| as shades of grey, the number beside, and the phase in degrees where there is one. */
function picture(rho: DumpedState["rho"]): string {
  const header = `      ${KETS.map((ket) => padded(`⟨${ket.slice(1, 3)}|`)).join("")}`.trimEnd();
  const rows = rho.map((row, at) => `${KETS[at]}  ${row.map((entry) => padded(cell(entry))).join("")}`.trimEnd());
  return ["|ρ| and phase", header, ...rows].join("\n");
}

function cell(entry: Entry): string {
  const size = modulus(entry);
  if (size < NOTHING) return "·";
  const shade = SHADES[Math.min(4, Math.ceil(size * 8))] as string;
  const degrees = Math.round(phaseDegrees(entry));
  return `${shade}${shade} ${size.toFixed(4)}${degrees === 0 ? "" : ` ${degrees}°`}`;
}

function padded(text: string): string {
  return text + " ".repeat(Math.max(0, CELL - width(text)));
}
