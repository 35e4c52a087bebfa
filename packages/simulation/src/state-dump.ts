import { type Half, type Nature, watched } from "@bellmesh/quantum-state";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import type { LedgerEvent, PairFidelity } from "@bellmesh/wire/ledger";
import { type DumpedState, dumpedState } from "./dumped-state.ts";
import { askOf, type SimulationOptions } from "./simulate.ts";
import { simulatedMesh } from "./simulated-mesh.ts";

/** Which state to look at: that of a pair, when it has been delivered or at an instant. */
export interface StateDumpOptions extends SimulationOptions {
  /** A link pair's id; the pair looked at is the one its halves belong to by then. */
  readonly pair: string;
  /** True mesh time; by default the later of the two deliveries. */
  readonly atNs?: number;
}

/** Virtual time in which a pair must turn up when no instant is given. */
const DAY_NS = 86_400e9;

/**
 * Runs a simulation up to the delivery of a pair, or to an instant, and looks at its state through the oracle's door.
 * Same options as a simulation, so what is seen is what that simulation had. The run is made twice where the delivery
 * is waited for: nature forgets a delivered pair at once, so the second run stops one event before.
 * @returns undefined where the pair was not delivered, or where neither half is held at that instant
 */
export function stateDump(options: StateDumpOptions): DumpedState | undefined {
  const { pair, atNs } = options;
  if (atNs !== undefined) {
    const seen = new Watched(options);
    seen.run(atNs, () => false);
    return seen.look(pair, atNs);
  }
  const delivery = deliveryOf(options);
  if (!delivery) return undefined;
  const seen = new Watched(options);
  seen.run(DAY_NS, () => seen.events >= delivery.events);
  const { told } = delivery;
  return seen.look(pair, Math.max(told.firstDeliveredAt, told.secondDeliveredAt), told);
}

interface Delivery {
  /** Events before the one in which nature heard of the second half's delivery. */
  readonly events: number;
  readonly told: PairFidelity;
}

/** When the pair that this half ended up in was delivered at both ends. */
function deliveryOf(options: StateDumpOptions): Delivery | undefined {
  const { pair } = options;
  const chains = new Map<string, Set<string>>();
  let delivery: Delivery | undefined;
  const seen: Watched = new Watched(options, ({ event }) => {
    if (event?.$case === "pairsSwapped")
      join(chains, event.pairsSwapped.upstreamPair, event.pairsSwapped.downstreamPair);
    if (event?.$case !== "pairFidelity" || delivery) return;
    const told = event.pairFidelity;
    if (told.firstPair === pair || chains.get(told.firstPair)?.has(pair)) delivery = { events: seen.events - 1, told };
  });
  seen.run(options.untilNs ?? DAY_NS, () => delivery !== undefined || seen.table.done);
  return delivery;
}

/** Link pairs that swaps have joined into one. */
function join(chains: Map<string, Set<string>>, upstream: string, downstream: string): void {
  const chain = chains.get(upstream) ?? new Set([upstream]);
  for (const pair of chains.get(downstream) ?? [downstream]) chain.add(pair);
  for (const pair of chain) chains.set(pair, chain);
}

/** A simulation whose nature can be looked at, and whose events are counted one by one. */
class Watched {
  readonly table = new RequesterTable();
  /** Events that have begun. */
  events = 0;
  readonly #options: StateDumpOptions;
  readonly #world: ReturnType<typeof simulatedMesh>;
  #nature: Nature | undefined;

  constructor(options: StateDumpOptions, onRecord: (event: LedgerEvent) => void = () => undefined) {
    const { topology, seed, faults } = options;
    this.#options = options;
    const nature = watched((started) => {
      this.#nature = started;
    });
    const instead = new Map([[nature.name, nature]]);
    const handsOver = !options.encodes;
    this.#world = simulatedMesh({ topology, seed, ...(faults && { faults }), onRecord, instead, handsOver });
    this.#world.add(requester, { place: options.from, config: { ask: askOf(options), table: this.table } });
    this.#world.start();
  }

  /** Until a condition asked before every event, or a true instant. */
  run(untilNs: number, until: () => boolean): void {
    const counted = () => {
      if (until()) return true;
      this.events += 1;
      return false;
    };
    this.#world.run({ untilNs, until: counted });
  }

  /** The state of the pair that a half of this link pair belongs to; `told` names the halves where they are known. */
  look(pair: string, atNs: number, told?: PairFidelity): DumpedState | undefined {
    const half = told
      ? (this.#qubit(told.firstNode, told.firstPair) ?? this.#qubit(told.secondNode, told.secondPair))
      : this.#options.topology.nodes.map(({ name }) => this.#qubit(name, pair)).find((found) => found !== undefined);
    const partner = half?.partner;
    if (!half || !partner) return undefined;
    const [left, right] = half.holder.name <= partner.holder.name ? [half, partner] : [partner, half];
    return dumpedState(pair, left, right, atNs, told);
  }

  #qubit(node: string, name: string): Half | undefined {
    return this.#nature?.qubitOf(node, name);
  }
}
