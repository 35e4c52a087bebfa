import type { EntropyStream } from "@bellmesh/numerics";
import { pick, wholeBetween } from "./draws.ts";
import type { NetworkPlan, Shape } from "./trial.ts";

const NODES_MAX = 8;
const GRID = 3;
const shapes: readonly Shape[] = ["line", "line", "line", "star", "ring", "grid", "tree"];

/** A line of as many nodes. */
export function line(size: number): NetworkPlan {
  const nodes = named(size);
  const links = nodes.slice(1).map((node, index): readonly [string, string] => [nodes[index] as string, node]);
  return { shape: "line", nodes, links };
}

/** A line of 2 to 8 nodes, a star, a ring, a grid of 3 by 3, or a random tree. */
export function drawNetwork(chance: EntropyStream): NetworkPlan {
  const shape = pick(chance, shapes);
  if (shape === "grid") return grid();
  if (shape === "line") return line(wholeBetween(chance, 2, NODES_MAX));
  const nodes = named(wholeBetween(chance, 3, NODES_MAX));
  const joined = (to: (index: number) => number) =>
    nodes.slice(1).map((node, index): readonly [string, string] => [nodes[to(index + 1)] as string, node]);
  switch (shape) {
    case "ring":
      return { shape, nodes, links: [...joined((index) => index - 1), [nodes.at(-1) as string, "n0"]] };
    case "star":
      return { shape, nodes, links: joined(() => 0) };
    case "tree":
      return { shape, nodes, links: joined((index) => wholeBetween(chance, 0, index - 1)) };
  }
}

function named(size: number): readonly string[] {
  return Array.from({ length: size }, (_, index) => `n${index}`);
}

function grid(): NetworkPlan {
  const name = (row: number, column: number) => `n${row}-${column}`;
  const nodes: string[] = [];
  const links: [string, string][] = [];
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      nodes.push(name(row, column));
      if (column + 1 < GRID) links.push([name(row, column), name(row, column + 1)]);
      if (row + 1 < GRID) links.push([name(row, column), name(row + 1, column)]);
    }
  }
  return { shape: "grid", nodes, links };
}
