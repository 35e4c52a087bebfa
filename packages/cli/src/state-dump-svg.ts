import type { DumpedState } from "@bellmesh/simulation";
import { type Entry, modulus, NOTHING, phaseDegrees } from "./state-dump-phase.ts";

const KETS = ["00", "01", "10", "11"] as const;
const CELL = 96;
const LEFT = 64;
const TOP = 96;

/**
 * A density matrix as a drawing: a square for each entry whose area grows with |ρ| and whose hue is the phase, blue for
 * positive and orange for negative reals, with the numbers in it.
 */
export function stateSvg(state: DumpedState): string {
  const { pair, atNs, announced, fidelity, rho } = state;
  const side = 4 * CELL;
  const [width, height] = [LEFT + side + 24, TOP + side + 24];
  const worth = fidelity === undefined ? "index not known" : `${announced}, fidelity ${fidelity.toFixed(6)}`;
  const nodes = state.halves.map(({ node }) => node).join(" – ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    `  font-family="system-ui, sans-serif" font-size="14" text-anchor="middle">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(width / 2, 28, `${pair}: ${nodes}`, 16),
    text(width / 2, 50, `${worth}, at ${(atNs / 1e6).toFixed(6)} ms`),
    ...KETS.map((ket, at) => text(LEFT + (at + 0.5) * CELL, TOP - 10, `⟨${ket}|`)),
    ...KETS.map((ket, at) => text(LEFT - 28, TOP + (at + 0.5) * CELL + 5, `|${ket}⟩`)),
    `<rect x="${LEFT}" y="${TOP}" width="${side}" height="${side}" fill="#f4f5f7"/>`,
    ...rho.flatMap((row, at) => row.flatMap((entry, column) => square(entry, at, column))),
    "</svg>",
    "",
  ].join("\n");
}

function square(entry: Entry, row: number, column: number): string[] {
  const size = modulus(entry);
  if (size < NOTHING) return [];
  const side = Math.min(1, Math.sqrt(size)) * (CELL - 4);
  const [x, y] = [LEFT + (column + 0.5) * CELL, TOP + (row + 0.5) * CELL];
  const degrees = phaseDegrees(entry);
  const hue = Math.round((215 + degrees + 360) % 360);
  const corner = `x="${(x - side / 2).toFixed(1)}" y="${(y - side / 2).toFixed(1)}"`;
  const phase = Math.round(degrees);
  return [
    `<rect ${corner} width="${side.toFixed(1)}" height="${side.toFixed(1)}" rx="3" fill="hsl(${hue} 65% 68%)"/>`,
    text(x, y + 5, size.toFixed(4)),
    ...(phase === 0 ? [] : [text(x, y + 22, `${phase}°`, 12)]),
  ];
}

function text(x: number, y: number, words: string, size?: number): string {
  const fontSize = size === undefined ? "" : ` font-size="${size}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${fontSize}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
