import { BENCH_LENGTH_KM, benchHardware } from "./bench-hardware.ts";
import { nearest } from "./nearest.ts";
import { TopologyError } from "./topology-error.ts";

const NODES_MAX = 10_000;
const shapes = ["line", "ring", "star", "grid"];

/** A shape as node names and the pairs of them that a link joins. */
interface Shape {
  readonly nodes: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
}

/** Whether a topology source is meant as a preset, `<word>:<size>`, rather than as a file. */
export function looksLikePreset(source: string): boolean {
  return /^[A-Za-z]+:[^/\\]*$/.test(source);
}

/**
 * The document of a preset: `line:9`, `ring:6`, `star:5` (n0 is the centre) or `grid:3x3`, all with the bench hardware,
 * 10 km links and White Rabbit clocks. The size counts nodes.
 * @throws TopologyError when it is no such thing.
 */
export function presetDocument(source: string): unknown {
  const { nodes, pairs } = shapeOf(source);
  return {
    name: source.replace(":", "-"),
    clock: { preset: "white-rabbit" },
    defaults: benchHardware,
    nodes: nodes.map((name) => ({ name })),
    links: pairs.map((between) => ({ between, lengthKm: BENCH_LENGTH_KM })),
  };
}

function shapeOf(source: string): Shape {
  const [word, size] = source.split(":") as [string, string];
  switch (word) {
    case "line": {
      const nodes = numbered(source, size, 2);
      return { nodes, pairs: neighbours(nodes) };
    }
    case "ring": {
      const nodes = numbered(source, size, 3);
      return { nodes, pairs: [...neighbours(nodes), [nodes[nodes.length - 1] as string, nodes[0] as string]] };
    }
    case "star": {
      const nodes = numbered(source, size, 2);
      return { nodes, pairs: nodes.slice(1).map((leaf) => [nodes[0] as string, leaf]) };
    }
    case "grid":
      return grid(source, size);
    default: {
      const near = nearest(word, shapes);
      const expected =
        near === undefined ? "give a file, or line:9, ring:6, star:5 or grid:3x3" : `did you mean ${near}:${size}?`;
      throw new TopologyError({ file: source, path: "" }, "there is no such preset", expected);
    }
  }
}

function numbered(source: string, size: string, min: number): readonly string[] {
  const count = /^[1-9]\d{0,5}$/.test(size) ? Number(size) : 0;
  if (count < min || count > NODES_MAX) {
    const expected = `give a number of nodes from ${min} to ${NODES_MAX}, as in ${source.split(":")[0]}:${min + 3}`;
    throw new TopologyError({ file: source, path: "" }, `${JSON.stringify(size)} is not a size`, expected);
  }
  return Array.from({ length: count }, (_, i) => `n${i}`);
}

function neighbours(nodes: readonly string[]): (readonly [string, string])[] {
  return nodes.slice(1).map((node, i) => [nodes[i] as string, node]);
}

function grid(source: string, size: string): Shape {
  const [rows, columns] = (/^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(size) ?? []).slice(1).map(Number);
  if (rows === undefined || columns === undefined || rows * columns < 2 || rows * columns > NODES_MAX) {
    const expected = `give rows x columns with 2 to ${NODES_MAX} nodes, as in grid:3x3`;
    throw new TopologyError({ file: source, path: "" }, `${JSON.stringify(size)} is not a size`, expected);
  }
  const nodes: string[] = [];
  const pairs: [string, string][] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const node = `n${row}-${column}`;
      nodes.push(node);
      if (column + 1 < columns) pairs.push([node, `n${row}-${column + 1}`]);
      if (row + 1 < rows) pairs.push([node, `n${row + 1}-${column}`]);
    }
  }
  return { nodes, pairs };
}
