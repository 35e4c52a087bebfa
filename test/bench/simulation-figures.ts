import { cpus } from "node:os";
import { benchEventQueue } from "./event-queue.ts";
import { benchReferees, type RefereesFigure } from "./referees.ts";
import { benchLineFigure, type LineFigure, RUNS, type Way, warmUp } from "./simulation.ts";

/** By nodes: pairs of a run in full, and when it is to be quick. */
const LINES = [
  [3, 40_000, 10_000],
  [5, 20_000, 5_000],
  [9, 10_000, 2_500],
  [33, 2_000, 500],
] as const;
/** As `simulate` runs many pairs, and as trials are run. */
const WAYS: readonly [Way, Way] = [
  { messages: "handed over", threads: 2 },
  { messages: "encoded", threads: 1 },
];
/** The line whose rate is a promise is never quick. */
const PROMISED = { nodes: 3, way: WAYS[0] };

/** Figures of the simulation as text or as one line of JSON, measured now; and whether a referee objected. */
export function simulationFigures(
  quick: boolean,
  json: boolean,
  note: (text: string) => void,
): { readonly text: string; readonly ok: boolean } {
  // Lines as `simulate` has them come first: whoever runs that has nothing else compiled beside it.
  const lines = WAYS.flatMap((way) => linesRun(way, quick, note));
  note("event queue and host …");
  const queue = benchEventQueue(quick ? 400_000 : 2_000_000);
  note("referees …");
  const referees = benchReferees(quick ? 1_000 : 10_000);
  const text = json
    ? JSON.stringify({ node: process.version, queue, referees, lines })
    : textOf(quick, { queue, referees, lines });
  return { text, ok: lines.every(({ violations }) => violations === 0) };
}

/** Every line, once what they share is compiled. */
function linesRun(way: Way, quick: boolean, note: (text: string) => void): readonly LineFigure[] {
  const name = `messages ${way.messages}, threads: ${way.threads}`;
  note(`${name}, until all is compiled …`);
  warmUp(way);
  return LINES.map(([nodes, full, few]) => {
    const isPromised = nodes === PROMISED.nodes && way === PROMISED.way;
    const pairs = quick && !isPromised ? few : full;
    note(`bench-line-${nodes}, ${RUNS} times ${pairs} pairs, ${name} …`);
    return benchLineFigure(nodes, pairs, way);
  });
}

interface Figures {
  readonly queue: ReturnType<typeof benchEventQueue>;
  readonly referees: RefereesFigure;
  readonly lines: readonly LineFigure[];
}

function textOf(quick: boolean, { queue, referees, lines }: Figures): string {
  const million = (perSecond: number) => `${(perSecond / 1e6).toFixed(2)} M/s`;
  const hostRow = ({ name, perSecond, floorPerSecond }: { name: string; perSecond: number; floorPerSecond: number }) =>
    name.padEnd(30) + million(perSecond).padEnd(14) + million(floorPerSecond);
  const lineRow = (line: LineFigure) =>
    [
      line.name.padEnd(14),
      line.messages.padEnd(11),
      String(line.threads).padStart(7),
      line.pairsPerSecond.toFixed(0).padStart(8),
      `${(line.inputsPerSecond / 1000).toFixed(0)} k`.padStart(9),
      `${line.timesRealTime.toFixed(0)} ×`.padStart(10),
      line.eventsPerPairPerHop.toFixed(2).padStart(16),
      (line.delivered?.toFixed(4) ?? "–").padStart(12),
      (line.predicted?.toFixed(4) ?? "–").padStart(12),
      String(line.violations).padStart(11),
    ].join(" ");
  return [
    `Node ${process.version} on ${cpus()[0]?.model}${quick ? ", quick" : ""}`,
    "",
    "host                          ours          floor (bare heap)",
    ...queue.map(hostRow),
    "",
    "ledger events                 judged        floor (decoding them)",
    hostRow({ name: `${referees.referees} referees`, ...referees }),
    "",
    `the median of ${RUNS} runs each:`,
    "simulation     messages    threads  pairs/s  inputs/s  real time  events/pair/hop" +
      "  F delivered  F predicted  violations",
    ...lines.map(lineRow),
  ].join("\n");
}
