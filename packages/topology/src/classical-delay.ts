import { messageDelaysNs } from "./link-model.ts";
import { farEnd, linkNamed, linksOf, nodeNamed } from "./lookup.ts";
import { PriorityQueue } from "./priority-queue.ts";
import type { Link, Topology } from "./topology.ts";

/** Delay by destination, by origin. Filled as it is asked: of a thousand nodes' million entries few are used. */
type DelayTable = Map<string, Map<string, number>>;

const tables = new WeakMap<Topology, DelayTable>();
const lightTimes = new WeakMap<Topology, Map<string, ReadonlyMap<string, number>>>();

/**
 * The light time of a classical message in whole nanoseconds, along the shortest fibre.
 * A place is a node, a link (its heralding station) or "nature", which is everywhere.
 * Infinity between places that no fibre joins: the message never arrives.
 * @throws RangeError for a place the topology does not have.
 */
export function classicalDelayNs(topology: Topology, fromPlace: string, toPlace: string): number {
  let table = tables.get(topology);
  if (table === undefined) {
    table = new Map();
    tables.set(topology, table);
  }
  let row = table.get(fromPlace);
  if (row === undefined) {
    row = new Map();
    table.set(fromPlace, row);
  }
  let delayNs = row.get(toPlace);
  if (delayNs === undefined) {
    delayNs = computedDelayNs(topology, fromPlace, toPlace);
    row.set(toPlace, delayNs);
  }
  return delayNs;
}

function computedDelayNs(topology: Topology, fromPlace: string, toPlace: string): number {
  const from = doorsOf(topology, fromPlace);
  const to = doorsOf(topology, toPlace);
  if (fromPlace === toPlace || fromPlace === "nature" || toPlace === "nature") return 0;
  let shortestNs = Number.POSITIVE_INFINITY;
  for (const [fromNode, leaveNs] of from) {
    const times = lightTimesFrom(topology, fromNode);
    for (const [toNode, enterNs] of to) {
      const delayNs = leaveNs + (times.get(toNode) ?? Number.POSITIVE_INFINITY) + enterNs;
      if (delayNs < shortestNs) shortestNs = delayNs;
    }
  }
  return shortestNs;
}

/** The nodes by which a place is reached, with the light time from each: itself for a node, both ends for a station. */
function doorsOf(topology: Topology, place: string): readonly (readonly [string, number])[] {
  if (place === "nature") return [];
  if (nodeNamed(topology, place)) return [[place, 0]];
  const link = linkNamed(topology, place);
  if (!link) throw new RangeError(`${topology.name} has no place ${JSON.stringify(place)}`);
  const [firstNs, secondNs] = messageDelaysNs(link, topology.fibreSpeedKmPerS);
  return [
    [link.ends[0], firstNs],
    [link.ends[1], secondNs],
  ];
}

/** The light time over a whole link is that of its two arms, so that going by the station costs nothing extra. */
export function linkDelayNs(topology: Topology, link: Link): number {
  const [firstNs, secondNs] = messageDelaysNs(link, topology.fibreSpeedKmPerS);
  return firstNs + secondNs;
}

/** Light time from one node to every node it is joined to (Dijkstra 1959). */
export function lightTimesFrom(topology: Topology, origin: string): ReadonlyMap<string, number> {
  let ofTopology = lightTimes.get(topology);
  if (ofTopology === undefined) {
    ofTopology = new Map();
    lightTimes.set(topology, ofTopology);
  }
  let times = ofTopology.get(origin);
  if (times === undefined) {
    times = shortestFrom(topology, origin);
    ofTopology.set(origin, times);
  }
  return times;
}

function shortestFrom(topology: Topology, origin: string): ReadonlyMap<string, number> {
  const settled = new Map<string, number>();
  const queue = new PriorityQueue<{ node: string; delayNs: number }>((a, b) => a.delayNs - b.delayNs);
  queue.push({ node: origin, delayNs: 0 });
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (settled.has(next.node)) continue;
    settled.set(next.node, next.delayNs);
    for (const link of linksOf(topology, next.node)) {
      const node = farEnd(link, next.node);
      if (!settled.has(node)) queue.push({ node, delayNs: next.delayNs + linkDelayNs(topology, link) });
    }
  }
  return settled;
}
