import { farEnd, type Link, lengthKm, linksOf, type Topology } from "@bellmesh/topology";
import { width } from "./table.ts";

const LINE_MAX = 96;

/**
 * A network as a drawing in characters: a chain or a ring along a line with its stations (◇), anything else as a
 * tree from its busiest node, where links that would close a loop say where they lead (↺).
 */
export function networkPicture(topology: Topology): string {
  const drawn = new Set<string>();
  const pictures: string[] = [];
  for (const node of topology.nodes) {
    if (drawn.has(node.name)) continue;
    const component = componentOf(topology, node.name);
    for (const name of component) drawn.add(name);
    pictures.push(pictureOf(topology, component));
  }
  return pictures.join("\n\n");
}

/** All nodes joined to one, in the order of discovery. */
function componentOf(topology: Topology, origin: string): readonly string[] {
  const found = new Set([origin]);
  for (const name of found) for (const link of linksOf(topology, name)) found.add(farEnd(link, name));
  return [...found];
}

function pictureOf(topology: Topology, component: readonly string[]): string {
  const degrees = component.map((name) => linksOf(topology, name).length);
  if (Math.max(...degrees) > 2) return treePicture(topology, component);
  const end = component.find((_, position) => degrees[position] === 1);
  return chainPicture(topology, end ?? (component[0] as string));
}

interface Step {
  readonly link: Link;
  readonly to: string;
}

function chainPicture(topology: Topology, start: string): string {
  const rows: { above: string; below: string }[] = [{ above: `  ${start}`, below: "" }];
  for (const { link, to } of walk(topology, start)) {
    const segment = ` ───◇─── ${to === start ? `${to} (again)` : to}`;
    let row = rows[rows.length - 1] as { above: string; below: string };
    if (width(row.above) + width(segment) > LINE_MAX) {
      row = { above: "   ", below: "" };
      rows.push(row);
    }
    const label = `${Number(lengthKm(link).toPrecision(4))} km`;
    const middle = width(row.above) + 4 - Math.floor(width(label) / 2);
    row.below = `${row.below.padEnd(middle)}${label}`;
    row.above += segment;
  }
  return rows.flatMap(({ above, below }) => (below === "" ? [above] : [above, below])).join("\n");
}

/** The steps along a chain or once round a ring. */
function walk(topology: Topology, start: string): readonly Step[] {
  const steps: Step[] = [];
  const used = new Set<Link>();
  for (let at = start; ; ) {
    const link = linksOf(topology, at).find((candidate) => !used.has(candidate));
    if (!link) return steps;
    used.add(link);
    at = farEnd(link, at);
    steps.push({ link, to: at });
  }
}

/** A branch of the tree that is still to be drawn. */
interface Branch {
  readonly text: string;
  readonly indent: string;
  /** Undefined for a loop's end, which has no branches of its own. */
  readonly node: string | undefined;
}

function treePicture(topology: Topology, component: readonly string[]): string {
  let root = component[0] as string;
  for (const name of component) {
    if (linksOf(topology, name).length > linksOf(topology, root).length) root = name;
  }
  const children = breadthFirstTree(topology, root);
  const lines: string[] = [];
  const stack: Branch[] = [{ text: `  ${root}`, indent: "  ", node: root }];
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    lines.push(branch.text);
    if (branch.node === undefined) continue;
    const steps = children.get(branch.node) ?? [];
    for (const [position, step] of [...steps.entries()].reverse())
      stack.push(branchTo(branch.indent, step, position === steps.length - 1));
  }
  return lines.join("\n");
}

function branchTo(indent: string, step: Step & { readonly loop: boolean }, last: boolean): Branch {
  const label = `${Number(lengthKm(step.link).toPrecision(4))} km`;
  return {
    text: `${indent}${last ? "└" : "├"}─◇─ ${label} ── ${step.to}${step.loop ? " ↺" : ""}`,
    indent: `${indent}${last ? " " : "│"}    `,
    node: step.loop ? undefined : step.to,
  };
}

/** Each link once: as the step that first reaches a node, or as a loop's end at the node that is drawn first. */
function breadthFirstTree(topology: Topology, root: string): ReadonlyMap<string, (Step & { loop: boolean })[]> {
  const children = new Map<string, (Step & { loop: boolean })[]>();
  const used = new Set<Link>();
  const reached = new Set([root]);
  for (const name of reached) {
    const steps: (Step & { loop: boolean })[] = [];
    for (const link of linksOf(topology, name)) {
      if (used.has(link)) continue;
      used.add(link);
      const to = farEnd(link, name);
      steps.push({ link, to, loop: reached.has(to) });
      reached.add(to);
    }
    children.set(name, steps);
  }
  return children;
}
