import { type AnyService, type Call, codeName, methodsOf, Routes, StreamNumbers } from "@bellmesh/mesh";
import { log, SeededEntropy } from "@bellmesh/numerics";
import { simulatedMesh } from "@bellmesh/simulation";
import { linkModel, loadTopology, type Scheduler } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { NodeControllerServiceDefinition } from "@bellmesh/wire/node-controller";

const { requestPairs, deliveries } = methodsOf(NodeControllerServiceDefinition);
const [FROM, TO, SEED] = ["n0", "n1", 3] as const;

/** When each request was made and when it had its pair, in ns. */
interface Requests {
  readonly askedNs: number[];
  readonly doneNs: number[];
}

/** A request for one pair, made at an instant. */
interface Arrival {
  readonly atNs: number;
  readonly priority?: number;
}

/** Asks for one pair at each of these instants. */
function asking(arrivals: readonly Arrival[], seen: Requests): AnyService {
  const numbers = new StreamNumbers();
  const places = new Map<string, number>();
  const arrived = new Map<string, number>();
  const request = { to: TO, pairs: 1, minFidelity: undefined, maxTimeNs: 0, finalState: undefined, hold: false };
  const routes = new Routes<Requests>()
    .on("started", () => [
      {
        kind: "open-stream",
        stream: numbers.next(),
        to: `node-controller/${FROM}`,
        method: deliveries,
        request: { afterSequence: 0 },
      },
      ...arrivals.map(({ atNs }, place) => {
        return { kind: "set-timer", timer: String(place), due: atNs as Instant } as const;
      }),
    ])
    .timer(({ askedNs }, now, { timer }) => {
      askedNs[Number(timer)] = now;
      return [
        {
          kind: "call",
          call: (Number(timer) + 1) as Call<unknown>,
          to: `node-controller/${FROM}`,
          method: requestPairs,
          request: {
            ...request,
            missPolicy: MissPolicy.UNSPECIFIED,
            graceNs: 0,
            priority: arrivals[Number(timer)]?.priority,
          },
          deadline: (now + 10e9) as Instant,
        },
      ];
    })
    .reply(
      requestPairs,
      ({ doneNs }, _now, { requestId }, call) => {
        places.set(requestId, call - 1);
        const early = arrived.get(requestId);
        if (early !== undefined) doneNs[call - 1] = early;
        return [];
      },
      (_seen, _now, _call, status) => {
        throw new Error(`refused: ${codeName(status.code)} ${status.message}`);
      },
    )
    .open(deliveries, {
      item: ({ doneNs }, now, { requestId, event }) => {
        if (event?.$case !== "delivered") return [];
        const place = places.get(requestId);
        if (place === undefined) arrived.set(requestId, now);
        else doneNs[place] = now;
        return [];
      },
    });
  return {
    name: "asker",
    timeBase: "node",
    serves: [],
    subscriptions: () => [],
    start: () => routes.machine(seen),
  };
}

/** Instants with exponential gaps between them. */
function poissonNs(gapNs: number, requests: number, stream: string): readonly number[] {
  const chance = new SeededEntropy(SEED).stream(stream);
  let atNs = 10e9;
  return Array.from({ length: requests }, () => {
    atNs -= Math.round(gapNs * log(1 - chance.uniform()));
    return atNs;
  });
}

function oneLink(scheduler: Scheduler) {
  const topology = loadTopology("line:2");
  const [link] = topology.links;
  if (!link) throw new Error("a line of two nodes has a link");
  const { periodNs, successProbability } = linkModel(topology, link);
  return { topology: { ...topology, links: [{ ...link, scheduler }] }, pairNs: periodNs / successProbability };
}

/** How long each takes, in ms. */
function run({ topology }: ReturnType<typeof oneLink>, arrivals: readonly Arrival[]): readonly number[] {
  const seen: Requests = { askedNs: [], doneNs: [] };
  const world = simulatedMesh({ topology, seed: SEED, onRecord: () => {} });
  world.add(asking(arrivals, seen), { place: FROM, config: {} });
  world.start();
  world.run({ untilNs: 3600e9, until: () => Object.keys(seen.doneNs).length === arrivals.length });
  return arrivals.map((_, place) => ((seen.doneNs[place] as number) - (seen.askedNs[place] as number)) / 1e6);
}

/**
 * How long requests for one pair take on one link, in the order of their asking, in ms.
 * @param load requests a second, exponential gaps between them, over the pairs a second that the link makes
 */
export function latenciesMs(load: number, requests: number): readonly number[] {
  const link = oneLink("fcfs");
  const arrivals = poissonNs(link.pairNs / load, requests, "load-run.arrivals").map((atNs) => ({ atNs }));
  return run(link, arrivals);
}

/**
 * The same for requests of several priorities on one link, each with that load.
 * @returns for each priority its latencies, and what the link takes for a pair, in ms
 */
export function latenciesByPriorityMs(
  scheduler: Scheduler,
  priorities: readonly number[],
  load: number,
  requests: number,
): { readonly pairMs: number; readonly latenciesMs: readonly (readonly number[])[] } {
  const link = oneLink(scheduler);
  const arrivals = priorities.flatMap((priority) =>
    poissonNs(link.pairNs / load, requests, `load-run.arrivals.${priority}`).map((atNs) => ({ atNs, priority })),
  );
  const latencies = run(link, arrivals);
  return {
    pairMs: link.pairNs / 1e6,
    latenciesMs: priorities.map((_, place) => latencies.slice(place * requests, (place + 1) * requests)),
  };
}
