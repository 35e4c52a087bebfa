import type { AnyService } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { SeededEntropy } from "@bellmesh/numerics";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import { allReferees, LedgerReaders, objections, simulatedMesh, verdicts } from "@bellmesh/simulation";
import { deployment, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { MissPolicy } from "@bellmesh/wire/network-layer";

/** What goes wrong, how often, for how long. */
export interface Chaos {
  readonly topology: Topology;
  readonly from: string;
  readonly to: string;
  readonly seed: number;
  /** From when on, by default at once, and for how long something goes wrong every `everyNs`. */
  readonly fromNs?: number;
  readonly forNs: number;
  readonly everyNs: number;
  /** Delays of a real network and real processes, beside light. */
  readonly latencyNs?: number;
  /** Share of bus messages lost all the time. */
  readonly loss?: number;
  readonly missPolicy?: MissPolicy;
  readonly minFidelity?: number;
  readonly only?: (process: string) => boolean;
  readonly onEvent?: (event: LedgerEvent) => void;
}

/** Of each request. */
const PAIRS = 40;
const MAX_TIME_NS = 60e9;
/** When all is over, until when everything has to have come to its end. */
const DRAIN_NS = 30e9;

/** What was done and what came of it. */
export interface ChaosReport {
  readonly schedule: readonly FaultEntry[];
  readonly ended: Readonly<Record<string, number>>;
  readonly delivered: number;
  /** What is wrong; nothing when all is well. */
  readonly wrong: readonly string[];
}

/** Asks again and again while processes crash, stand still and come back; then in peace, when all must be as before. */
export function chaosRun(chaos: Chaos): ChaosReport {
  const { topology, seed, from, to, forNs, fromNs = 0 } = chaos;
  const schedule = scheduleOf(chaos);
  const referees = allReferees(topology);
  const readers = new LedgerReaders(referees);
  const world = simulatedMesh({
    topology,
    seed,
    faults: [...background(chaos), ...schedule],
    handsOver: true,
    onRecord: (event) => {
      readers.read(event);
      chaos.onEvent?.(event);
    },
  });
  world.start();
  world.run({ untilNs: fromNs });
  const wrong: string[] = [];
  const ended: Record<string, number> = {};
  let delivered = 0;
  const ask = (number: number): RequesterTable => {
    const table = new RequesterTable();
    const more = { missPolicy: chaos.missPolicy ?? MissPolicy.UNSPECIFIED, graceNs: 5e6, finalState: undefined };
    const limits = { minFidelity: chaos.minFidelity, maxTimeNs: MAX_TIME_NS };
    const config = { ask: { from, to, pairs: PAIRS, ...limits, ...more }, table };
    const named: AnyService = { ...requester, name: `requester-${number}` };
    const address = world.add(named, { place: from, config });
    world.run({ untilNs: world.now + 2 * MAX_TIME_NS, until: () => table.done });
    world.crash(address);
    return table;
  };
  let number = 0;
  while (world.now < fromNs + forNs) {
    number += 1;
    const table = ask(number);
    const how = table.ended ?? "unfinished";
    ended[how] = (ended[how] ?? 0) + 1;
    delivered += table.delivered;
    if (!table.done) wrong.push(`request ${number} did not end`);
    if (how !== "complete") world.run({ untilNs: world.now + 100e6 });
  }
  const began = world.now + 5e9;
  world.run({ untilNs: began });
  const last = ask(number + 1);
  if (last.delivered !== PAIRS) wrong.push(`in peace, ${last.delivered} of ${PAIRS} were delivered: ${last.message}`);
  const tookS = (world.now - began) / 1e9;
  for (let ns = 0; ns < DRAIN_NS; ns += 1e9) {
    world.run({ untilNs: world.now + 1e9 });
    world.takeCensus();
    if (!referees.some((referee) => referee.verdict(true).verdict === "false")) break;
  }
  for (const { name, verdict, violations } of objections(verdicts(referees, true, true))) {
    const told = violations.slice(0, 5).map(({ pair, atNs, message }) => `${pair} (${atNs / 1e9} s) ${message}`);
    wrong.push(`${name} is ${verdict}, ${violations.length}: ${told.join("; ")}`);
  }
  return { schedule, ended: { ...ended, lastTookMs: Math.round(tookS * 1000) }, delivered, wrong };
}

function background({ latencyNs = 0, loss = 0, fromNs = 0 }: Chaos): readonly FaultEntry[] {
  const always = { atNs: fromNs, forNs: Number.POSITIVE_INFINITY } as const;
  const faults: FaultEntry[] = [];
  if (latencyNs > 0) {
    const args = { ns: latencyNs / 10, jitterNs: latencyNs };
    faults.push({ ...always, kind: "delay", target: {}, args });
  }
  if (loss > 0) faults.push({ ...always, kind: "loss", target: { subject: ">" }, args: { probability: loss } });
  return faults;
}

/** A process of the operating system is not back sooner. */
const DOWN_MIN_NS = 5e7;

/** From half a second on, one thing after another. */
function scheduleOf({
  topology,
  seed,
  latencyNs = 0,
  fromNs = 0,
  forNs,
  everyNs,
  only = () => true,
}: Chaos): readonly FaultEntry[] {
  const chance = new SeededEntropy(seed).stream("chaos");
  const pick = <T>(of: readonly T[]): T => of[Math.floor(chance.uniform() * of.length)] as T;
  const addresses = deployment(topology).map(({ address }) => address);
  const nodes = topology.nodes.map(({ name }) => name);
  const schedule: FaultEntry[] = [];
  for (let atNs = fromNs + 5e8; atNs < fromNs + forNs; atNs += everyNs) {
    const startNs = Math.round(atNs + chance.uniform() * everyNs);
    const shortest = latencyNs > 0 ? DOWN_MIN_NS : 2e5;
    const lastsNs = Math.round(pick([shortest, 5e7, 5e8, 2e9, 12e9]) * (1 + chance.uniform()));
    const kind = pick(["process", "process", "process", "node", "bus", "all-bus", "partition"]);
    const at = { atNs: startNs, forNs: lastsNs };
    if (kind === "process") {
      const process = pick(addresses.filter(only));
      schedule.push({ ...at, kind: "crash", target: { process }, args: {} });
    } else if (kind === "node") {
      const node = pick(nodes);
      for (const process of addresses.filter((address) => address.endsWith(`/${node}`) && only(address))) {
        schedule.push({ ...at, kind: "crash", target: { process }, args: {} });
      }
    } else if (kind === "partition") {
      schedule.push({ ...at, kind: "partition", target: { a: [pick(nodes)], b: "*" }, args: { oneWay: false } });
    } else {
      const place = kind === "bus" ? pick(nodes) : "*";
      schedule.push({ ...at, kind: "bus-outage", target: { place }, args: {} });
    }
  }
  return schedule;
}
