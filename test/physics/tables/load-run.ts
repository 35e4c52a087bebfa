import { type AnyService, type Call, codeName, methodsOf, Routes, StreamNumbers } from "@bellmesh/mesh";
import { log, SeededEntropy } from "@bellmesh/numerics";
import { simulatedMesh } from "@bellmesh/simulation";
import { linkModel, loadTopology } from "@bellmesh/topology";
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

/** Asks for one pair at each of these instants. */
function asking(atNs: readonly number[], seen: Requests): AnyService {
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
      ...atNs.map((due, place) => ({ kind: "set-timer", timer: String(place), due: due as Instant }) as const),
    ])
    .timer(({ askedNs }, now, { timer }) => {
      askedNs[Number(timer)] = now;
      return [
        {
          kind: "call",
          call: (Number(timer) + 1) as Call<unknown>,
          to: `node-controller/${FROM}`,
          method: requestPairs,
          request: { ...request, missPolicy: MissPolicy.UNSPECIFIED, graceNs: 0 },
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

/**
 * How long requests for one pair take on one link, in the order of their asking, in ms.
 * @param load requests a second, exponential gaps between them, over the pairs a second that the link makes
 */
export function latenciesMs(load: number, requests: number): readonly number[] {
  const topology = loadTopology("line:2");
  const [link] = topology.links;
  if (!link) throw new Error("a line of two nodes has a link");
  const { periodNs, successProbability } = linkModel(topology, link);
  const gapNs = periodNs / successProbability / load;
  const chance = new SeededEntropy(SEED).stream("load-run.arrivals");
  let atNs = 10e9;
  const instants = Array.from({ length: requests }, () => {
    atNs -= Math.round(gapNs * log(1 - chance.uniform()));
    return atNs;
  });
  const seen: Requests = { askedNs: [], doneNs: [] };
  const world = simulatedMesh({ topology, seed: SEED, onRecord: () => {} });
  world.add(asking(instants, seen), { place: FROM, config: {} });
  world.start();
  world.run({ untilNs: 3600e9, until: () => Object.keys(seen.doneNs).length === requests });
  return instants.map((_, place) => ((seen.doneNs[place] as number) - (seen.askedNs[place] as number)) / 1e6);
}
