import { type BellIndex, phiPlus } from "@bellmesh/bell";
import {
  type Address,
  type AnyMethod,
  type Call,
  type Effect,
  type Machine,
  methodsOf,
  type Stream,
} from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import { service } from "@bellmesh/quantum-state";
import { type Gates, type Memory, parseTopology, type Readout, type Topology } from "@bellmesh/topology";
import { instant } from "@bellmesh/wire";
import type { HardwareChanged, PairFidelity } from "@bellmesh/wire/ledger";
import {
  CreatePairsRequest,
  type OperateRequest,
  type OperateResponse,
  QuantumStateServiceDefinition,
  RefusalReason,
  type StatedBounds,
} from "@bellmesh/wire/quantum-state";

const { operate, createPairs, calibrate } = methodsOf(QuantumStateServiceDefinition);

export type Operation = NonNullable<OperateRequest["operation"]>;
type Recorded = Extract<Effect, { kind: "record" }>["event"];
type Closing = Extract<Effect, { kind: "close" }>;

/** What differs from ideal hardware, at every node. */
export interface Imperfections {
  readonly memory?: Partial<Memory>;
  readonly gates?: Partial<Gates>;
  readonly readout?: Partial<Readout>;
}

const nodes = ["alice", "bob", "carol", "dave"];

const ideal = parseTopology(
  `
name: laboratory
clock: {preset: perfect}
defaults:
  memory: {t1S: .inf, t2S: .inf}
  gates: {twoQubitDepolarising: 0, twoQubitNs: 0, oneQubitNs: 0}
  readout: {p01: 0, p10: 0, durationNs: 0}
  heralding: {emissionEfficiency: 1, darkCountProbability: 0, visibility: 1, periodNs: 100000}
nodes: [${nodes.map((name) => `{name: ${name}}`).join(", ")}]
links: [${nodes
    .slice(1)
    .map((name, place) => `{between: [${nodes[place]}, ${name}], lengthKm: 10}`)
    .join(", ")}]
`,
  "laboratory",
);

function imperfect({ memory, gates, readout }: Imperfections): Topology {
  return {
    ...ideal,
    nodes: ideal.nodes.map((node) => ({
      ...node,
      memory: { ...node.memory, ...memory },
      gates: { ...node.gates, ...gates },
      readout: { ...node.readout, ...readout },
    })),
  };
}

/** Where what a station tells is no pair. */
export const noPair = CreatePairsRequest.decode(new Uint8Array(0));

/** Nature by itself: alice – bob – carol – dave, whose clocks are perfect, and all that nature answers and records. */
export class Laboratory {
  /** What it has recorded, but for the pairs it has made. */
  readonly recorded: Recorded[] = [];
  readonly closed: Closing["status"][] = [];
  /** Why calibrations were refused. */
  readonly refusals: string[] = [];
  /** What nodes were told of calibrations: to whom, of whom, and which version. */
  readonly told: { readonly node: string; readonly of: string; readonly version: number }[] = [];
  now = 0;
  readonly #machine: Machine;
  readonly #streams = new Map<string, Stream>();
  #effects: readonly Effect[] = [];
  #incarnation = 1;
  #nextStream = 2;
  #nextOperation = 1;

  constructor(imperfections: Imperfections = {}, seed = 1) {
    const entropy = new SeededEntropy(seed);
    this.#machine = service.start({
      config: { topology: imperfect(imperfections) },
      place: "nature",
      entropy: {
        stream: (name) => entropy.stream(name),
        fresh: (name) => new SeededEntropy(seed).stream(name),
      },
    });
  }

  /** A node's operation. @returns what nature answers, undefined where there is nothing to say */
  operate(node: string, at: number, operation: Operation, lateNs = 0): OperateResponse["outcome"] {
    const operationId = this.#nextOperation;
    this.#nextOperation += 1;
    const item = { operationId, at, operation };
    this.#step({ kind: "stream-item", stream: this.#node(node), method: operate, item, lateNs });
    return this.#sent<OperateResponse>().find((answer) => answer.operationId === operationId)?.outcome;
  }

  /** A pair of two neighbours, by default a perfect Φ+, both halves emitted at 0. @returns its id */
  pair(link: string, sequence: number, other: Partial<CreatePairsRequest> = {}): string {
    const [firstNode = "", secondNode = ""] = link.split("-");
    const pair = `${link}/1/${sequence}`;
    const ends = { pair, firstNode, secondNode, firstEmitted: 0, secondEmitted: 0, attempts: 1, photonOffsetPs: 0 };
    this.herald(link, { ...ends, bellWeights: [1, 0, 0, 0], announced: phiPlus, ...other });
    return pair;
  }

  /** What a station says. @returns whether nature wants to hear of attempts, where it says so */
  herald(link: string, item: CreatePairsRequest): boolean | undefined {
    const stream = this.#station(link);
    this.#step({ kind: "stream-item", stream, method: createPairs, item });
    return this.#sent<{ reportAttempts?: boolean }>().at(-1)?.reportAttempts;
  }

  /** @returns the reason of a refusal, or the hardware in force */
  calibrate(
    from: Address,
    hardware: Partial<HardwareChanged>,
    bounds: readonly StatedBounds[] = [],
  ): string | HardwareChanged | undefined {
    const asked = { node: "", version: 0, at: 0, memory: undefined, gates: undefined, readout: undefined, ...hardware };
    const call = 1001 as Call;
    const request = { hardware: asked, bounds };
    this.#step({ kind: "call", call, method: calibrate, request, from, deadline: undefined, reading: undefined });
    for (const effect of this.#effects) {
      if (effect.kind === "fail") {
        this.refusals.push(effect.status.message);
        return effect.status.reason;
      }
      if (effect.kind === "respond") return (effect.response as { hardware: HardwareChanged }).hardware;
    }
    return undefined;
  }

  /** The node comes back from a crash. */
  crash(node: string): void {
    this.#incarnation += 1;
    this.#streams.delete(node);
    this.#node(node);
  }

  bell(node: string, at: number, first: string, second: string): BellIndex {
    const outcome = this.operate(node, at, { $case: "bellMeasurement", bellMeasurement: { first, second } });
    if (outcome?.$case !== "bell") throw new Error(`no Bell measurement: ${JSON.stringify(outcome)}`);
    return outcome.bell;
  }

  deliver(node: string, at: number, qubit: string, announced: BellIndex | undefined = phiPlus, lateNs = 0): void {
    this.operate(node, at, { $case: "delivery", delivery: { qubit, announced, released: true } }, lateNs);
  }

  /** Of the pairs delivered at both ends. */
  get fidelities(): readonly PairFidelity[] {
    return this.recorded.flatMap((event) => (event.$case === "pairFidelity" ? [event.pairFidelity] : []));
  }

  #node(name: string): Stream {
    const before = this.#streams.get(name);
    if (before !== undefined) return before;
    const stream = this.#open(name, `node-controller/${name}`, operate);
    const attach = { $case: "attach", attach: { incarnation: this.#incarnation } } as const;
    this.#step({ kind: "stream-item", stream, method: operate, item: { operationId: 0, at: 0, operation: attach } });
    return stream;
  }

  #station(link: string): Stream {
    return this.#streams.get(link) ?? this.#open(link, `physical-link/${link}`, createPairs);
  }

  #open(name: string, from: Address, method: AnyMethod): Stream {
    const stream = this.#nextStream as Stream;
    this.#nextStream += 2;
    this.#streams.set(name, stream);
    this.#step({ kind: "stream-opened", stream, method, request: undefined, from });
    return stream;
  }

  /** What is to be stored is durable at once. */
  #step(input: Parameters<Machine["step"]>[1]): void {
    const effects = this.#machine.step(instant(this.now), input);
    const stored = effects.flatMap((effect) =>
      effect.kind === "store" ? this.#machine.step(instant(this.now), { kind: "stored", key: effect.key }) : [],
    );
    this.#effects = [...effects, ...stored];
    for (const effect of this.#effects) {
      if (effect.kind === "record" && effect.event.$case !== "pairHeralded") this.recorded.push(effect.event);
      if (effect.kind === "close") this.closed.push(effect.status);
      if (effect.kind === "send") this.#hear(effect.stream, effect.item as Partial<OperateResponse>);
    }
  }

  #hear(to: Stream, { outcome }: Partial<OperateResponse>): void {
    if (outcome?.$case !== "hardware") return;
    const [node = ""] = [...this.#streams].find(([, stream]) => stream === to) ?? [];
    this.told.push({ node, of: outcome.hardware.node, version: outcome.hardware.version });
  }

  #sent<T>(): readonly T[] {
    return this.#effects.flatMap((effect) => (effect.kind === "send" ? [effect.item as T] : []));
  }
}

/** Why nature refused; UNSPECIFIED where it did not. */
export function refusalOf(outcome: OperateResponse["outcome"]): RefusalReason {
  return outcome?.$case === "refusal" ? outcome.refusal.reason : RefusalReason.UNSPECIFIED;
}
