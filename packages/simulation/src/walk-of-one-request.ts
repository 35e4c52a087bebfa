/**
 * Writes docs/walk-of-one-request.md: what happened to one request, told by the ledger of a real run.
 * `npm run walk` writes it; with `--check` it only compares, and exits 1 when the page is not what the run tells.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BellIndex, bellName, combine, phiPlus } from "@bellmesh/bell";
import { loadTopology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { simulate } from "./simulate.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = `${root}docs/walk-of-one-request.md`;
const SEED = 3;

type Kind = NonNullable<LedgerEvent["event"]>["$case"];

/** Where to read about each kind of event. */
const sources: Partial<Record<Kind, string>> = {
  requestAccepted: "services/node-controller/src/application-sessions.ts",
  circuitInstalled: "services/network-layer/src/circuit-signalling.ts",
  pairHeralded: "services/physical-link/src/heralding-station.ts",
  halfStored: "services/node-controller/src/quantum-memory-manager.ts",
  pairsSwapped: "services/network-layer/src/swap-point.ts",
  halfDelivered: "services/network-layer/src/circuit-end.ts",
  halfEnded: "services/network-layer/src/circuit-end.ts",
  pairFidelity: "services/quantum-state/src/nature.ts",
  requestEnded: "services/network-layer/src/head-end.ts",
};

interface Walk {
  readonly events: readonly LedgerEvent[];
  readonly sha256: string;
}

/** Runs the one request and keeps its ledger from the request on. */
function walk(): Walk {
  const topology = loadTopology(`${root}examples/topologies/alice-repeater-bob.yaml`);
  const events: LedgerEvent[] = [];
  const onEvent = (event: LedgerEvent) => events.push(event);
  const { ledger } = simulate({ topology, from: "alice", to: "bob", pairs: 1, seed: SEED, onEvent });
  return { events, sha256: ledger.sha256 };
}

const name = (index: BellIndex | undefined) => (index ? bellName(index) : "unknown");

/** One event as a sentence. */
function sentence({ event }: LedgerEvent): string {
  switch (event?.$case) {
    case "requestAccepted": {
      const { requestId, headEnd, tailEnd, path, predictedFidelityPpb } = event.requestAccepted;
      const predicted = (predictedFidelityPpb / 1e9).toFixed(4);
      return `request \`${requestId}\` from ${headEnd} to ${tailEnd} is accepted, over ${path.join(" – ")}, predicted fidelity ${predicted}`;
    }
    case "circuitInstalled":
      return `circuit \`${event.circuitInstalled.circuit}\` is installed from here to the tail-end`;
    case "pairHeralded": {
      const { pair, bellIndex, attempts } = event.pairHeralded;
      return `attempt ${attempts} of the series succeeds: pair \`${pair}\`, announced as ${name(bellIndex)}`;
    }
    case "halfStored":
      return `the herald has arrived: half of \`${event.halfStored.pair}\` is in slot ${event.halfStored.slot}`;
    case "pairsSwapped": {
      const { upstreamPair, downstreamPair, outcome } = event.pairsSwapped;
      return `Bell measurement on halves of \`${upstreamPair}\` and \`${downstreamPair}\`, outcome ${name(outcome)}; TRACKs go on`;
    }
    case "halfDelivered": {
      const { pair, pairSequence, bellIndex, claimedFidelityPpb } = event.halfDelivered;
      const claimed = (claimedFidelityPpb / 1e9).toFixed(4);
      return `the other end's TRACK is here: half of \`${pair}\` is delivered as pair ${pairSequence}, ${name(bellIndex)}, claimed fidelity ${claimed}`;
    }
    case "halfEnded":
      return `half of \`${event.halfEnded.pair}\` is given up: the request wants no more pairs`;
    case "pairFidelity": {
      const { fidelityPpt, intended } = event.pairFidelity;
      return `both ends are delivered; true fidelity ${(fidelityPpt / 1e12).toFixed(4)}, intended ${name(intended)} (to the ledger only)`;
    }
    case "requestEnded":
      return `request \`${event.requestEnded.requestId}\` has ended: ${event.requestEnded.reason.toLowerCase()}`;
    default:
      return `${event?.$case}`;
  }
}

function row(event: LedgerEvent, startNs: number): string {
  const at = ((event.at - startNs) / 1000).toFixed(1);
  const source = sources[event.event?.$case as Kind] ?? "proto/bellmesh/ledger/v1/ledger.proto";
  if (!existsSync(`${root}${source}`)) throw new Error(`the walk points to ${source}, which is not there`);
  const file = source.slice(source.lastIndexOf("/") + 1);
  return `| ${at} | ${event.writer} | ${sentence(event)} | [${file}](../${source}) |`;
}

/** The index of the delivered pair, from what was announced and measured on its way. */
function arithmetic(events: readonly LedgerEvent[]): string {
  const swap = events.find(({ event }) => event?.$case === "pairsSwapped")?.event;
  const delivered = events.find(({ event }) => event?.$case === "halfDelivered")?.event;
  if (swap?.$case !== "pairsSwapped" || delivered?.$case !== "halfDelivered") throw new Error("nothing was swapped");
  const { upstreamPair, downstreamPair, outcome = phiPlus } = swap.pairsSwapped;
  const heraldOf = (pair: string): BellIndex => {
    const found = events.find(
      ({ event }) => event?.$case === "pairHeralded" && event.pairHeralded.pair === pair,
    )?.event;
    if (found?.$case !== "pairHeralded" || !found.pairHeralded.bellIndex) throw new Error(`${pair} was never heralded`);
    return found.pairHeralded.bellIndex;
  };
  const bits = ({ x, z }: BellIndex) => `(${Number(x)}, ${Number(z)})`;
  const [upstream, downstream] = [heraldOf(upstreamPair), heraldOf(downstreamPair)];
  const sum = combine(combine(upstream, downstream), outcome);
  return [
    "| | Bell state | (x, z) |",
    "|---|---|---|",
    `| \`${upstreamPair}\`, as heralded | ${name(upstream)} | ${bits(upstream)} |`,
    `| \`${downstreamPair}\`, as heralded | ${name(downstream)} | ${bits(downstream)} |`,
    `| outcome of the swap | ${name(outcome)} | ${bits(outcome)} |`,
    `| XOR of the three | ${name(sum)} | ${bits(sum)} |`,
    `| announced at both ends | ${name(delivered.halfDelivered.bellIndex)} | |`,
  ].join("\n");
}

function text({ events, sha256 }: Walk): string {
  const start = events.findIndex(({ event }) => event?.$case === "requestAccepted");
  const end = events.findLastIndex(({ event }) => event?.$case === "requestEnded");
  const told = events.slice(start, end + 1);
  const startNs = told[0]?.at ?? 0;
  return `# The walk of one request

Alice asks for one pair with Bob, over one repeater. This page is written by \`npm run walk\` from the ledger of a real run
(\`examples/topologies/alice-repeater-bob.yaml\`, seed ${SEED}), and a test compares the two; so it is what happened, in order.
Before the first herald the clocks have to lock, which takes a second here.

Read the files in the order in which they appear. How the bytes move between them is in
[packages/mesh/src/host.ts](../packages/mesh/src/host.ts) and the folder beside it.

| µs | who | what | read |
|---:|---|---|---|
${told.map((event) => row(event, startNs)).join("\n")}

## Which Bell state it is

Nobody corrects anything on the way. Each end sends a TRACK that collects, by XOR, the index of every link pair and the
outcome of every swap; both ends arrive at the same index.

${arithmetic(told)}

The ledger of this run has the SHA-256 \`${sha256}\`.
`;
}

const fresh = text(walk());
if (process.argv.includes("--check")) {
  if (readFileSync(page, "utf8") !== fresh) {
    process.stderr.write("docs/walk-of-one-request.md is not what the run tells; write it with npm run walk\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, fresh);
}
