import { linkNamed, nodeNamed, type Topology, type TopologyNode } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import type {
  AttemptsMade,
  FrameApplied,
  HardwareChanged,
  LedgerEvent,
  PairFidelity,
  PairHeralded,
  PairsSwapped,
  QubitMoved,
} from "@bellmesh/wire/ledger";
import { type ComplexMatrix, zeros } from "./complex-matrix.ts";
import { bellVector, heraldedState, projector } from "./heralded-state.ts";
import { corrected, depolarised, flipped, type Place, waited } from "./one-qubit-channels.ts";
import { swappedState } from "./swapped-state.ts";

/** A node's hardware from an instant on. */
interface Hardware {
  readonly sinceNs: number;
  readonly memory: Omit<TopologyNode["memory"], "communicationSlots">;
  readonly gates: Pick<
    TopologyNode["gates"],
    "twoQubitDepolarising" | "oneQubitDepolarising" | "crosstalkDepolarising"
  >;
  readonly readout: Pick<TopologyNode["readout"], "p01" | "p10">;
}

/** A delivered pair: what nature wrote of it, and what its history says. */
export interface Replayed {
  readonly recorded: number;
  readonly replayed: number;
  /** The state at the later of the two deliveries; the half of the first node, in name order, is the left one. */
  readonly state: ComplexMatrix;
}

interface Pair {
  state: ComplexMatrix;
  /** The left and the right half. */
  readonly halves: [Half, Half];
}

interface Half {
  readonly node: string;
  /** True instant up to which the state has let it wait. */
  sinceNs: number;
  pair: Pair;
  place: Place;
  inStorage: boolean;
  isGone: boolean;
}

interface Series {
  readonly fromNs: number;
  readonly spacingNs: number;
  readonly count: number;
}

/**
 * Follows a ledger and computes the state of every pair it tells of from instants, announced outcomes and the
 * topology's parameters. It shares no arithmetic with the program that wrote the ledger: full density matrices,
 * Kraus operators, no closed formula.
 */
export class Replay {
  readonly #topology: Topology;
  readonly #onDelivered: (replayed: Replayed) => void;
  readonly #halves = new Map<string, readonly [Half, Half]>();
  readonly #heralded = new Map<string, ComplexMatrix>();
  /** By node, what its hardware was and is, where it has changed. */
  readonly #hardware = new Map<string, readonly Hardware[]>();
  /** By node, the attempts it made, whichever link they were for. */
  readonly #attempts = new Map<string, Series[]>();

  /**
   * @param attempts that dephased what was stored; a series is told of when it is over, and so must be known before
   *   the pairs that waited beside it
   */
  constructor(topology: Topology, onDelivered: (replayed: Replayed) => void, attempts: readonly AttemptsMade[] = []) {
    this.#topology = topology;
    this.#onDelivered = onDelivered;
    for (const { link, firstAttempt, secondAttempt, spacingNs, attempts: count } of attempts) {
      const [first, second] = linkNamed(topology, link)?.ends ?? ["", ""];
      this.#attemptsOf(first).push({ fromNs: firstAttempt, spacingNs, count });
      this.#attemptsOf(second).push({ fromNs: secondAttempt, spacingNs, count });
    }
  }

  /** Link pairs of which a half is still there, as far as the ledger has told. */
  get open(): number {
    return this.#halves.size;
  }

  /** Takes the next event of the ledger. */
  observe({ at, event }: LedgerEvent): void {
    switch (event?.$case) {
      case "pairHeralded":
        this.#herald(event.pairHeralded);
        break;
      case "pairsSwapped":
        this.#swap(event.pairsSwapped);
        break;
      case "hardwareChanged":
        this.#hardware.set(event.hardwareChanged.node, [
          ...this.#hardwareOf(event.hardwareChanged.node),
          changedHardware(event.hardwareChanged),
        ]);
        break;
      case "qubitMoved":
        this.#move(event.qubitMoved);
        break;
      case "frameApplied":
        this.#correct(event.frameApplied, at);
        break;
      case "pairFidelity":
        this.#deliver(event.pairFidelity);
        break;
      case "halfEnded":
        this.#end(event.halfEnded.pair, event.halfEnded.node);
        break;
    }
  }

  #herald({ pair, firstNode, secondNode, bellIndex, firstEmitted, secondEmitted, photonOffsetPs }: PairHeralded): void {
    if (!bellIndex) throw new Error(`${pair} was heralded without an index`);
    const name = pair.slice(0, pair.indexOf("/"));
    const key = `${name} ${photonOffsetPs} ${bellIndex.x} ${bellIndex.z}`;
    let state = this.#heralded.get(key);
    if (!state) {
      const link = linkNamed(this.#topology, name);
      if (!link) throw new Error(`the topology has no link ${name}`);
      state = heraldedState(link, photonOffsetPs, bellIndex.x, bellIndex.z);
      this.#heralded.set(key, state);
    }
    const shared = { state, halves: [] as unknown as [Half, Half] };
    const first: Half = {
      node: firstNode,
      sinceNs: firstEmitted,
      pair: shared,
      place: 0,
      inStorage: false,
      isGone: false,
    };
    const second: Half = {
      node: secondNode,
      sinceNs: secondEmitted,
      pair: shared,
      place: 1,
      inStorage: false,
      isGone: false,
    };
    shared.halves.push(first, second);
    this.#halves.set(pair, [first, second]);
  }

  #swap({ node, upstreamPair, downstreamPair, outcome, measuredAt }: PairsSwapped): void {
    const [one, other] = [this.#half(upstreamPair, node), this.#half(downstreamPair, node)];
    if (!outcome) throw new Error(`the swap of ${upstreamPair} has no outcome`);
    this.#age(one, measuredAt);
    this.#age(other, measuredAt);
    const left = one.place === 1 ? one.pair.state : exchanged(one.pair.state);
    const right = other.place === 0 ? other.pair.state : exchanged(other.pair.state);
    const { gates, readout } = this.#hardwareAt(node, measuredAt);
    const state = swappedState(left, right, outcome, { ...gates, ...readout });
    const far = [one.pair.halves[1 - one.place] as Half, other.pair.halves[1 - other.place] as Half] as const;
    const pair: Pair = { state, halves: [far[0], far[1]] };
    for (const place of [0, 1] as const) {
      far[place].pair = pair;
      far[place].place = place;
    }
    this.#end(upstreamPair, node);
    this.#end(downstreamPair, node);
    if (gates.crosstalkDepolarising > 0) this.#crosstalk(node, measuredAt, gates.crosstalkDepolarising);
  }

  /** A gate is felt by whatever else the node holds. */
  #crosstalk(node: string, at: number, probability: number): void {
    for (const halves of this.#halves.values()) {
      for (const half of halves) {
        if (half.node !== node || half.isGone) continue;
        this.#age(half, at);
        half.pair.state = depolarised(half.pair.state, half.place, probability);
      }
    }
  }

  #move({ qubit, node, intoStorage, startedAt }: QubitMoved): void {
    const half = this.#half(qubit, node);
    this.#age(half, startedAt);
    const { storage } = this.#hardwareAt(node, startedAt).memory;
    half.pair.state = depolarised(half.pair.state, half.place, storage?.moveDepolarising ?? 0);
    half.inStorage = intoStorage;
  }

  #correct({ pair, node, applied }: FrameApplied, at: number): void {
    const half = this.#half(pair, node);
    if (!applied) throw new Error(`the correction of ${pair} does not say what was applied`);
    this.#age(half, at);
    const { oneQubitDepolarising } = this.#hardwareAt(node, at).gates;
    const turned = corrected(half.pair.state, half.place, applied.x, applied.z);
    half.pair.state = depolarised(turned, half.place, oneQubitDepolarising);
  }

  #deliver(told: PairFidelity): void {
    const first = this.#half(told.firstPair, told.firstNode);
    const second = this.#half(told.secondPair, told.secondNode);
    if (first.pair !== second.pair) throw new Error(`${told.firstPair} and ${told.secondPair} are not one pair`);
    const laterNs = Math.max(told.firstDeliveredAt, told.secondDeliveredAt);
    this.#age(first, laterNs);
    this.#age(second, laterNs);
    const state = first.place === 0 ? first.pair.state : exchanged(first.pair.state);
    const replayed = told.announced ? overlap(state, told.announced) : 0.25;
    this.#onDelivered({ recorded: told.fidelityPpt / 1e12, replayed, state });
    this.#end(told.firstPair, told.firstNode);
    this.#end(told.secondPair, told.secondNode);
  }

  /** Lets a half wait up to an instant, in the memory of its node, each stretch as the hardware was then. */
  #age(half: Half, untilNs: number): void {
    const changes = this.#hardwareOf(half.node);
    for (const [place, { memory }] of changes.entries()) {
      const endNs = Math.min(untilNs, changes[place + 1]?.sinceNs ?? untilNs);
      if (endNs > half.sinceNs) this.#wait(half, endNs, memory);
    }
  }

  #wait(half: Half, untilNs: number, memory: Hardware["memory"]): void {
    const seconds = (untilNs - half.sinceNs) * 1e-9;
    const { t1S, t2S } = (half.inStorage && memory.storage) || memory;
    half.pair.state = waited(half.pair.state, half.place, seconds, t1S, t2S);
    if (memory.attemptDephasing > 0) {
      const attempts = this.#attemptsBetween(half.node, half.sinceNs, untilNs);
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        half.pair.state = flipped(half.pair.state, half.place, memory.attemptDephasing);
      }
    }
    half.sinceNs = untilNs;
  }

  #hardwareOf(name: string): readonly Hardware[] {
    const node = nodeNamed(this.#topology, name) as Topology["nodes"][number];
    return this.#hardware.get(name) ?? [{ sinceNs: 0, ...node }];
  }

  #hardwareAt(name: string, atNs: number): Hardware {
    return this.#hardwareOf(name).findLast(({ sinceNs }) => sinceNs <= atNs) as Hardware;
  }

  #attemptsOf(node: string): Series[] {
    const known = this.#attempts.get(node);
    if (known) return known;
    const series: Series[] = [];
    this.#attempts.set(node, series);
    return series;
  }

  /** Attempts after the one instant and up to the other. */
  #attemptsBetween(node: string, fromNs: number, toNs: number): number {
    const through = ({ fromNs: first, spacingNs, count }: Series, ns: number) =>
      ns < first ? 0 : Math.min(count, Math.floor((ns - first) / spacingNs) + 1);
    return this.#attemptsOf(node).reduce((sum, one) => sum + through(one, toNs) - through(one, fromNs), 0);
  }

  #half(pair: string, node: string): Half {
    const half = this.#halves.get(pair)?.find((candidate) => candidate.node === node);
    if (!half) throw new Error(`the ledger has told of no half of ${pair} at ${node}`);
    return half;
  }

  #end(pair: string, node: string): void {
    const halves = this.#halves.get(pair);
    if (!halves) return;
    for (const half of halves) if (half.node === node) half.isGone = true;
    if (halves.every(({ isGone }) => isGone)) this.#halves.delete(pair);
  }
}

/** The hardware that nature says is in force from then on: all of its parameters, times of 0 for what never happens. */
function changedHardware({ at: sinceNs, memory, gates, readout, storage }: HardwareChanged): Hardware {
  if (!memory || !gates || !readout) throw new Error("a change of hardware says all of it");
  const seconds = (ns: number) => (ns === 0 ? Number.POSITIVE_INFINITY : ns / 1e9);
  const kept = ({ t1Ns, t2Ns }: { t1Ns: number; t2Ns: number }) => ({ t1S: seconds(t1Ns), t2S: seconds(t2Ns) });
  return {
    sinceNs,
    memory: {
      ...kept(memory),
      attemptDephasing: memory.attemptDephasingPpt / 1e12,
      ...(storage && {
        storage: { slots: 0, ...kept(storage), moveNs: 0, moveDepolarising: storage.moveDepolarisingPpt / 1e12 },
      }),
    },
    gates: {
      twoQubitDepolarising: gates.twoQubitDepolarisingPpt / 1e12,
      oneQubitDepolarising: gates.oneQubitDepolarisingPpt / 1e12,
      crosstalkDepolarising: gates.crosstalkDepolarisingPpt / 1e12,
    },
    readout: { p01: readout.p01Ppt / 1e12, p10: readout.p10Ppt / 1e12 },
  };
}

/** The same pair, its two qubits in the other order. */
function exchanged(state: ComplexMatrix): ComplexMatrix {
  const result = zeros(4);
  const image = [0, 2, 1, 3] as const;
  for (let row = 0; row < 4; row += 1) {
    for (let column = 0; column < 4; column += 1) {
      const [to, from] = [(image[row] as number) * 4 + (image[column] as number), row * 4 + column];
      result.re[to] = state.re[from] as number;
      result.im[to] = state.im[from] as number;
    }
  }
  return result;
}

/** ⟨B|ρ|B⟩. */
function overlap({ re }: ComplexMatrix, { x, z }: BellIndex): number {
  let sum = 0;
  for (const [at, weight] of projector(bellVector(x, z)).re.entries()) sum += weight * (re[at] as number);
  return sum;
}
