import type { HardwareChanged } from "@bellmesh/wire/ledger";
import { calibratedNode } from "./calibration/calibrated-node.ts";
import { nodeNamed } from "./lookup.ts";
import { nodeAtWork } from "./node-at-work.ts";
import { NodeHardware } from "./node-hardware.ts";
import type { Topology, TopologyNode } from "./topology.ts";

/** What one node is told to be, from when on. */
interface Announced {
  readonly changed: HardwareChanged;
  readonly node: TopologyNode;
}

/**
 * The hardware of a network as one of its services knows it: the topology's, until calibrations are announced. Each has
 * a version, and one that is not later than what is known of its node changes nothing, so announcements may be told
 * again, and come late. Whoever keeps this says when time goes on; instants are true mesh time, which the node's
 * disciplined clock is taken for.
 */
export class HardwareInForce {
  readonly #drawn: Topology;
  #topology: Topology;
  /** Only of nodes that were asked for, or announced. */
  readonly #nodes = new Map<string, NodeHardware>();
  /** In force, then what will be, by node. */
  readonly #announced = new Map<string, readonly Announced[]>();

  /** @param topology as its file has it */
  constructor(topology: Topology) {
    this.#drawn = topology;
    this.#topology = topology;
  }

  /** The topology with what is in force now in its places; the same object until that changes. */
  get topology(): Topology {
    return this.#topology;
  }

  /** One node's hardware as it was and is; the same object for ever. Undefined for a node that is not there. */
  of(name: string): NodeHardware | undefined {
    let hardware = this.#nodes.get(name);
    const node = hardware ? undefined : nodeAtWork(this.#drawn, name);
    if (node) {
      hardware = new NodeHardware(node);
      this.#nodes.set(name, hardware);
    }
    return hardware;
  }

  /** Everything announced that is not outdone: what a service is told that comes later. */
  get announced(): readonly HardwareChanged[] {
    return [...this.#announced.values()].flatMap((ofNode) => ofNode.map(({ changed }) => changed));
  }

  /** When something that is announced will be in force next; undefined where nothing is to come. */
  nextNs(now: number): number | undefined {
    const coming = this.announced.map(({ at }) => at).filter((at) => at > now);
    return coming.length === 0 ? undefined : Math.min(...coming);
  }

  /**
   * A node has been calibrated. `topology` follows with `advance`.
   * @returns false, and nothing has changed, for a version that is not later than the node's, or an unknown node
   */
  learn(now: number, changed: HardwareChanged): boolean {
    const known = this.#announced.get(changed.node) ?? [];
    const drawn = nodeNamed(this.#drawn, changed.node);
    const hardware = this.of(changed.node);
    if (!drawn || !hardware || changed.version <= (known.at(-1)?.changed.version ?? 0)) return false;
    const node = calibratedNode(known.at(-1)?.node ?? drawn, changed);
    const all = [...known, { changed, node }];
    const inForce = all.findLastIndex((one) => one.changed.at <= now);
    this.#announced.set(changed.node, all.slice(Math.max(0, inForce)));
    hardware.change(changed.at, nodeAtWork(withNode(this.#drawn, node), node.name) as TopologyNode);
    return true;
  }

  /** It is now. @returns whether another topology is in force than before */
  advance(now: number): boolean {
    const nodes = this.#drawn.nodes.map((node) => {
      return this.#announced.get(node.name)?.findLast(({ changed }) => changed.at <= now)?.node ?? node;
    });
    if (nodes.every((node, at) => node === this.#topology.nodes[at])) return false;
    this.#topology = { ...this.#drawn, nodes };
    return true;
  }
}

function withNode(topology: Topology, node: TopologyNode): Topology {
  return { ...topology, nodes: topology.nodes.map((one) => (one.name === node.name ? node : one)) };
}
