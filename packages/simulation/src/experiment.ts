import {
  type RequesterTable,
  type TomographerConfig,
  type Tomography,
  TomographyTable,
  tomography,
} from "@bellmesh/requester";
import { classicalDelayNs, nodeNamed, type Topology } from "@bellmesh/topology";

/** Beyond light time, for clocks that do not agree quite. */
const MARGIN_NS = 1_000;

/** Tomography of a request: the measuring applications at its two ends, and what they have read together. */
export class Experiment {
  /** What to start at which node. */
  readonly ends: readonly { readonly place: string; readonly end: TomographerConfig }[];
  readonly #topology: Topology;
  readonly #from: string;
  readonly #to: string;
  readonly #shots = new TomographyTable();

  /**
   * @param extraNs how long the ends keep their halves beyond light time; a mesh needs some for its own delays, or one
   *   end measures before the other has delivered and the pair has no true fidelity
   */
  constructor(topology: Topology, from: string, to: string, table: RequesterTable, extraNs = 0) {
    this.#topology = topology;
    this.#from = from;
    this.#to = to;
    const waitNs = classicalDelayNs(topology, from, to) + MARGIN_NS + extraNs;
    const end = (which: "head" | "tail", node: string) => ({
      place: node,
      end: { end: which, node, waitNs, table, shots: this.#shots },
    });
    this.ends = [end("head", from), end("tail", to)];
  }

  /** Pairs measured at both ends so far. */
  get shots(): number {
    return this.#shots.shots().length;
  }

  /** The state as far as it is known; undefined where there were too few shots. */
  result(): Tomography | undefined {
    const [head, tail] = [this.#from, this.#to].map((name) => nodeNamed(this.#topology, name)?.readout);
    if (!head || !tail) return undefined;
    return tomography(this.#shots.shots(), head, tail, this.#shots.missed);
  }
}
