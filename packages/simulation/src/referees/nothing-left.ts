import { deployment, linksOf, type Topology } from "@bellmesh/topology";
import type { Census } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

const OF_THE_MESH = /^(quantum-state|physical-link|clock-sync|link-layer|network-layer|node-controller)\//;

/** What a process may have under way although nothing is asked of it. */
interface Standing {
  readonly timers: number;
  readonly streams: number;
  readonly calls: number;
}

interface Counted {
  readonly census: Census;
  readonly atNs: number;
}

/**
 * When nothing is under way nothing is left over: no process has timers, calls or streams beyond those by which it
 * stands ready. Judged by the last census of each process; without one it is not known. Applications are their own
 * masters, and a node-controller may have as many more streams as they have. While a process of the mesh is down others
 * try to reach it, and have timers for that.
 */
export class NothingLeft implements Referee {
  readonly name = "nothing-left";
  readonly reads: Readings = {
    census: (census, { writer, at }) => this.#last.set(writer, { census, atNs: at }),
  };
  readonly #topology: Topology;
  readonly #last = new Map<string, Counted>();

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  verdict(atQuiescence: boolean): Verdict {
    if (this.#last.size === 0) return { ...verdictOf(this.name, [], true), idle: true };
    const judged = this.#isAnyDown() ? (["streams", "calls"] as const) : (["timers", "streams", "calls"] as const);
    const violations = atQuiescence ? [...this.#last].flatMap((counted) => this.#judge(judged, ...counted)) : [];
    return verdictOf(this.name, violations, !atQuiescence);
  }

  #judge(judged: readonly (keyof Standing)[], writer: string, { census, atNs }: Counted): readonly Violation[] {
    const standing = this.#standingOf(writer);
    if (!standing) return [];
    const found = judged.filter((what) => census[what] > standing[what]);
    return found.map((what) => {
      const message = `${writer} has ${census[what]} ${what} when nothing is under way, and needs ${standing[what]}`;
      return { atNs, message };
    });
  }

  /** Undefined for applications. */
  #standingOf(writer: string): Standing | undefined {
    const [service = "", place = ""] = writer.split("/");
    const idle = { timers: 0, calls: 0 };
    const links = linksOf(this.#topology, place).length;
    switch (service) {
      case "quantum-state":
        return { ...idle, streams: this.#topology.nodes.length + this.#topology.links.length };
      case "physical-link":
        return { ...idle, streams: 3 };
      case "clock-sync":
        // Its next exchange, or the answer to one; whoever watches it is at its node.
        return { timers: 1, streams: 1, calls: 1 };
      case "link-layer":
        return { ...idle, streams: 3 + 2 * links };
      case "network-layer":
        return { ...idle, streams: 2 + 2 * links };
      case "node-controller":
        return { ...idle, streams: 3 + this.#streamsOfApplications() };
      default:
        return undefined;
    }
  }

  /** Whether a process was not there for the last census. */
  #isAnyDown(): boolean {
    const lastNs = Math.max(...[...this.#last.values()].map(({ atNs }) => atNs));
    return deployment(this.#topology).some(({ address }) => this.#last.get(address)?.atNs !== lastNs);
  }

  #streamsOfApplications(): number {
    const applications = [...this.#last].filter(([writer]) => !OF_THE_MESH.test(writer));
    return applications.reduce((sum, [, { census }]) => sum + census.streams, 0);
  }
}
