import { type Effect, effect } from "@bellmesh/mesh";
import { choosesAlpha, type HardwareInForce, linkNamed, type NodeHardware } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { Path, Resv, Teardown } from "@bellmesh/wire/network-layer";
import { PRIORITY_MAX } from "./admission.ts";
import { CircuitEnd, type EndReports } from "./circuit-end.ts";
import type { CircuitTable } from "./circuit-table.ts";
import { ContinuousGeneration, type CreateTerms } from "./continuous-generation.ts";
import { type InstalledCircuit, nodeOn } from "./installed-circuit.ts";
import type { LinkLayerConnection } from "./link-layer-connection.ts";
import type { Neighbours } from "./neighbours.ts";
import type { RequestSignalling } from "./request-signalling.ts";
import { SwapPoint } from "./swap-point.ts";
import { TailTallies } from "./tail-tallies.ts";
import type { Side, Surroundings, VirtualCircuit } from "./virtual-circuit.ts";

/** What a head-end is told of circuits it installs. */
export interface HeadEndReports {
  installed(now: Instant, effects: Effect[], installed: InstalledCircuit): void;
  refused(now: Instant, effects: Effect[], installed: InstalledCircuit, why: string): void;
  closed(now: Instant, effects: Effect[], installed: InstalledCircuit): void;
}

/**
 * Installs circuits hop by hop and tears them down: PATH goes downstream, RESV comes back upstream once everything
 * from there to the tail-end is installed, or says who refused and why (in the manner of RSVP-TE, RFC 3209).
 */
export class CircuitSignalling {
  readonly #hardware: HardwareInForce;
  readonly #node: NodeHardware;
  readonly #table: CircuitTable;
  readonly #neighbours: Neighbours;
  readonly #requests: RequestSignalling;
  readonly #surroundings: Surroundings;
  readonly #linkLayer: LinkLayerConnection;
  readonly #reports: EndReports & HeadEndReports;
  readonly #tallies = new TailTallies();

  constructor(
    hardware: HardwareInForce,
    node: string,
    table: CircuitTable,
    neighbours: Neighbours,
    requests: RequestSignalling,
    surroundings: Surroundings,
    linkLayer: LinkLayerConnection,
    reports: EndReports & HeadEndReports,
  ) {
    this.#hardware = hardware;
    this.#node = hardware.of(node) as NodeHardware;
    this.#table = table;
    this.#neighbours = neighbours;
    this.#requests = requests;
    this.#surroundings = surroundings;
    this.#linkLayer = linkLayer;
    this.#reports = reports;
  }

  /** At the head-end: starts to install a circuit. @returns undefined when its first link has no label left. */
  install(effects: Effect[], circuit: VirtualCircuit): InstalledCircuit | undefined {
    const installed = this.#add(circuit, undefined);
    if (installed) this.sendPath(effects, installed);
    return installed;
  }

  /** PATH to the next node; again, while no answer has come. */
  sendPath(effects: Effect[], { circuit, labels }: InstalledCircuit): void {
    const path: Path = {
      circuit: circuit.id,
      nodes: [...circuit.nodes],
      links: [...circuit.links],
      minLinkFidelity: circuit.minLinkFidelity,
      cutoffNs: circuit.cutoffNs,
      linkLabel: labels.downstream ?? 0,
      priority: circuit.priority,
    };
    this.#neighbours.down(effects, circuit, { $case: "path", path });
  }

  /** PATH from the neighbour upstream. */
  path(now: Instant, effects: Effect[], path: Path, upstream: string): void {
    const circuit: VirtualCircuit = {
      id: path.circuit,
      nodes: path.nodes,
      links: path.links,
      position: path.nodes.indexOf(this.#node.name),
      minLinkFidelity: path.minLinkFidelity,
      cutoffNs: path.cutoffNs,
      priority: path.priority,
    };
    const known = this.#table.get(circuit.id);
    if (known?.state === "closing") {
      const teardown = { circuit: circuit.id, reason: `${this.#node.name} has torn it down` };
      this.#neighbours.answer(effects, upstream, { $case: "teardown", teardown });
      return;
    }
    const installed = known ?? this.#admit(circuit, path.linkLabel, upstream);
    if (typeof installed === "string") {
      const resv: Resv = { circuit: circuit.id, refusal: installed, refusedBy: this.#node.name };
      this.#neighbours.answer(effects, upstream, { $case: "resv", resv });
    } else if (installed.end) {
      this.#passOn(now, effects, installed, { circuit: circuit.id, refusal: "", refusedBy: "" });
    } else {
      this.sendPath(effects, installed);
    }
  }

  /** @returns why not, where the circuit cannot be installed here. */
  #admit(circuit: VirtualCircuit, label: number, upstream: string): InstalledCircuit | string {
    const refusal = this.#refusalOf(circuit, upstream);
    if (refusal !== "") return refusal;
    if (label === 0 || this.#table.labelled(circuit.links[circuit.position - 1] as string, label)) {
      return `link label ${label} is not free`;
    }
    return this.#add(circuit, label) ?? "the next link has no label left";
  }

  /** RESV from the neighbour downstream. */
  reserved(now: Instant, effects: Effect[], resv: Resv, downstream: string): void {
    const installed = this.#known(resv.circuit, downstream, "downstream");
    if (installed) this.#passOn(now, effects, installed, resv);
  }

  /** Teardown from a neighbour: passed on in the same direction. */
  tornDown(now: Instant, effects: Effect[], { circuit, reason }: Teardown, neighbour: string, side: Side): void {
    const installed = this.#known(circuit, neighbour, side);
    if (!installed) return;
    const message = { $case: "teardown", teardown: { circuit, reason } } as const;
    if (side === "upstream") this.#neighbours.down(effects, installed.circuit, message);
    else this.#neighbours.up(effects, installed.circuit, message);
    this.#close(now, effects, installed, reason);
  }

  /** Tears the circuit down from here, both ways. */
  tearDown(now: Instant, effects: Effect[], installed: InstalledCircuit, reason: string): void {
    if (installed.state === "closing") return;
    const message = { $case: "teardown", teardown: { circuit: installed.circuit.id, reason } } as const;
    this.#neighbours.up(effects, installed.circuit, message);
    this.#neighbours.down(effects, installed.circuit, message);
    this.#close(now, effects, installed, reason);
  }

  /** Every circuit that leads over the neighbour on that side is torn down. */
  neighbourLost(now: Instant, effects: Effect[], name: string, side: Side): void {
    for (const installed of [...this.#table.all()]) {
      if (nodeOn(installed, side) !== name) continue;
      this.tearDown(now, effects, installed, `${this.#node.name} lost its neighbour ${name}`);
    }
  }

  /** Installed from here to the tail-end, or refused: known to the head-end once every node upstream has told it. */
  #passOn(now: Instant, effects: Effect[], installed: InstalledCircuit, resv: Resv): void {
    const { circuit } = installed;
    if (resv.refusal !== "") {
      this.#neighbours.up(effects, circuit, { $case: "resv", resv });
      if (circuit.position === 0) {
        this.#reports.refused(now, effects, installed, `${resv.refusedBy}: ${resv.refusal}`);
      }
      this.#close(now, effects, installed, resv.refusal);
      return;
    }
    if (installed.state === "installing") {
      installed.state = "installed";
      const circuitInstalled = { circuit: circuit.id, node: this.#node.name };
      effects.push(effect.record({ $case: "circuitInstalled", circuitInstalled }));
    }
    this.#neighbours.up(effects, circuit, { $case: "resv", resv });
    if (circuit.position === 0) this.#reports.installed(now, effects, installed);
  }

  /** No new pairs; what is under way is led to its end. */
  #close(now: Instant, effects: Effect[], installed: InstalledCircuit, reason: string): void {
    this.#table.close(installed);
    for (const requestId of [...installed.active]) this.#requests.deactivate(now, effects, installed, requestId);
    const circuitTornDown = { circuit: installed.circuit.id, node: this.#node.name, reason };
    effects.push(effect.record({ $case: "circuitTornDown", circuitTornDown }));
    if (installed.circuit.position === 0) this.#reports.closed(now, effects, installed);
  }

  /** A circuit that is not torn down, and that leads over this neighbour on this side. */
  #known(id: string, name: string, side: Side): InstalledCircuit | undefined {
    const installed = this.#table.get(id);
    if (!installed || installed.state === "closing" || nodeOn(installed, side) !== name) return undefined;
    return installed;
  }

  /** A path is taken as its sender gives it, as far as this node can tell that it is one. */
  #refusalOf({ nodes, links, position, priority = 0 }: VirtualCircuit, upstream: string): string {
    if (priority > PRIORITY_MAX) return `its priority is ${priority}; it is 0 to ${PRIORITY_MAX}`;
    if (position < 1) return `the path does not lead through ${this.#node.name}`;
    if (nodes[position - 1] !== upstream) return `the path does not lead here over ${upstream}, which sent it`;
    if (new Set(nodes).size !== nodes.length) return "the path leads through a node twice";
    if (links.length !== nodes.length - 1) {
      return `${nodes.length} nodes need ${nodes.length - 1} links, not ${links.length}`;
    }
    for (const [at, name] of links.entries()) {
      const ends = linkNamed(this.#hardware.topology, name)?.ends;
      const [one, other] = [nodes[at] as string, nodes[at + 1] as string];
      if (!ends?.includes(one) || !ends.includes(other)) return `there is no link ${name} between ${one} and ${other}`;
    }
    return "";
  }

  /** What is asked of a link: no fidelity of one that lets requests choose none. */
  #termsOn(name: string, { minLinkFidelity, priority }: VirtualCircuit): CreateTerms {
    const link = linkNamed(this.#hardware.topology, name);
    return { minFidelity: link && choosesAlpha(link) ? minLinkFidelity : undefined, priority };
  }

  #add(circuit: VirtualCircuit, upstreamLabel: number | undefined): InstalledCircuit | undefined {
    const link = circuit.links[circuit.position];
    const label = link === undefined ? undefined : this.#table.takeLabel(link);
    if (link !== undefined && label === undefined) return undefined;
    const isEnd = circuit.position === 0 || link === undefined;
    const installed: InstalledCircuit = {
      circuit,
      end: isEnd
        ? new CircuitEnd(circuit, this.#hardware, this.#surroundings, this.#reports, this.#tallies)
        : undefined,
      swapPoint: isEnd ? undefined : new SwapPoint(circuit, this.#node, this.#surroundings),
      generation:
        link === undefined || label === undefined
          ? undefined
          : new ContinuousGeneration(this.#linkLayer, link, label, this.#termsOn(link, circuit)),
      labels: {
        ...(upstreamLabel !== undefined && { upstream: upstreamLabel }),
        ...(label !== undefined && { downstream: label }),
      },
      state: "installing",
      active: new Set(),
    };
    this.#table.add(installed);
    return installed;
  }
}
