import { type BellIndex, combine } from "@bellmesh/bell";
import { lengthKm, linksOf, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { Happening } from "./observed-request.ts";
import { sentence, stateName } from "./walk-sentences.ts";
import { type EventKind, eventSources, messageSources, REPEATER_TRACK_SOURCE } from "./walk-sources.ts";

/** The run that a page tells. */
export interface Walk {
  readonly topology: Topology;
  /** Of the topology, from the root of the repository. */
  readonly file: string;
  readonly seed: number;
  readonly happenings: readonly Happening[];
}

/** The page: a picture, what happened in order, and the Bell index arithmetic of this very run. */
export function walkPage({ topology, file, seed, happenings }: Walk): string {
  const accepted = happenings.findIndex((happening) => kindOf(happening) === "requestAccepted");
  const ended = happenings.findLastIndex((happening) => kindOf(happening) === "requestEnded");
  const told = happenings.slice(accepted, ended + 1);
  const startNs = told[0]?.atNs ?? 0;
  return `# The walk of one request

Alice asks for one pair with Bob, over one repeater.

${picture(topology)}

\`npm run walk\` writes this page from a real run (\`${file}\`, seed ${seed}), and a test
compares the two; so it is what happened, in order. A word in capitals is a message that has just arrived; all else
stands in the run's ledger. Times are true time since the request. Left out are greetings, acknowledgements, most calls
between the services of one node, and clock synchronisation, for which the first herald waits a second here.

How bytes move between the files is in [host.ts](../packages/mesh/src/host.ts) and the folder beside it.

| µs | who | what | read |
|---:|---|---|---|
${told.map((happening) => row(topology, happening, startNs)).join("\n")}

## Which Bell state it is

Nobody corrects anything on the way. Each end sends a TRACK that collects, by XOR, the index of every link pair and the
outcome of every swap; both ends arrive at the same index.

${arithmetic(told)}
`;
}

/** The file that a row of the walk points to, from the root of the repository. */
export function sourceOf(topology: Topology, happening: Happening): string {
  if ("message" in happening) {
    const { kind } = happening.message;
    const place = happening.where.slice(happening.where.indexOf("/") + 1);
    const isRepeater = linksOf(topology, place).length > 1;
    return kind === "TRACK" && isRepeater ? REPEATER_TRACK_SOURCE : messageSources[kind];
  }
  const source = eventSources[kindOf(happening) as EventKind];
  if (source === undefined) throw new Error(`the walk knows no file that writes ${kindOf(happening)}`);
  return source;
}

function kindOf(happening: Happening): EventKind | undefined {
  return "event" in happening ? happening.event.event?.$case : undefined;
}

function picture(topology: Topology): string {
  const [first, ...rest] = topology.nodes;
  let line = first?.name ?? "";
  let lengths = " ".repeat(line.length);
  for (const [hop, node] of rest.entries()) {
    const link = topology.links[hop];
    if (!link?.ends.includes(node.name)) throw new Error("the picture of the walk is of a line only");
    line += ` ─────◇───── ${node.name}`;
    lengths += `${`${lengthKm(link)} km`.padStart(9).padEnd(13)}${" ".repeat(node.name.length)}`;
  }
  return `\`\`\`text\n${line}          ◇ heralding station\n${lengths.trimEnd()}\n\`\`\``;
}

function row(topology: Topology, happening: Happening, startNs: number): string {
  const at = ((happening.atNs - startNs) / 1000).toFixed(1);
  const what =
    "message" in happening ? `${happening.message.kind}: ${happening.message.text}` : sentence(happening.event);
  const source = sourceOf(topology, happening);
  return `| ${at} | ${happening.where} | ${what} | [${source.slice(source.lastIndexOf("/") + 1)}](../${source}) |`;
}

/** The index of the delivered pair, from what was announced and measured on its way. */
function arithmetic(told: readonly Happening[]): string {
  const events = told.flatMap((happening) => ("event" in happening ? [happening.event.event] : []));
  const heralds = new Map<string, BellIndex | undefined>();
  const announced = new Set<string>();
  let swap: Extract<LedgerEvent["event"], { $case: "pairsSwapped" }> | undefined;
  for (const event of events) {
    if (event?.$case === "pairHeralded") heralds.set(event.pairHeralded.pair, event.pairHeralded.bellIndex);
    if (event?.$case === "halfDelivered") announced.add(stateName(event.halfDelivered.bellIndex));
    if (event?.$case === "pairsSwapped") swap = event;
  }
  if (!swap) throw new Error("nothing was swapped");
  const { upstreamPair, downstreamPair, outcome } = swap.pairsSwapped;
  const [upstream, downstream] = [heralds.get(upstreamPair), heralds.get(downstreamPair)];
  if (!upstream || !downstream || !outcome) throw new Error("an index of the swapped pairs is not known");
  const sum = combine(combine(upstream, downstream), outcome);
  if (announced.size !== 1 || !announced.has(stateName(sum))) throw new Error("the ends announced another state");
  const bits = ({ x, z }: BellIndex) => `${Number(x)}, ${Number(z)}`;
  return [
    "| | Bell state | x, z |",
    "|---|---|---|",
    `| \`${upstreamPair}\`, as heralded | ${stateName(upstream)} | ${bits(upstream)} |`,
    `| \`${downstreamPair}\`, as heralded | ${stateName(downstream)} | ${bits(downstream)} |`,
    `| outcome of the swap | ${stateName(outcome)} | ${bits(outcome)} |`,
    `| XOR of the three, and what both ends announce | ${stateName(sum)} | ${bits(sum)} |`,
  ].join("\n");
}
