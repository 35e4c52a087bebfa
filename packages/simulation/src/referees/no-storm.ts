import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { type Referee, type Verdict, verdictOf } from "./referee.ts";

/** How many times as many messages a run may take as one in which nothing goes wrong. */
const FACTOR = 4;

/** What a run takes in which nothing goes wrong, in messages by bus, stream and call; a little more than measured. */
const PER_LINK_PAIR = 25;
const PER_REQUEST_AND_NODE = 40;
const PER_NODE_AND_SECOND = 3;
/** Each start of a process, with what it makes others say. */
const PER_START = 20;

/**
 * Nothing goes wrong in a way that feeds itself: all processes together send no more than four times the messages of a
 * run without faults that makes as many link pairs for as many requests in as long a time. Judged by censuses, of which
 * each tells what its process has sent since its start; without one it is not known.
 */
export class NoStorm implements Referee {
  readonly name = "no-storm";
  readonly reads: Readings = {
    pairHeralded: () => {
      this.#linkPairs += 1;
    },
    requestAccepted: () => this.#ask(),
    requestRefused: () => this.#ask(),
    census: ({ messagesSent }, { writer, incarnation, at }) => {
      this.#countedNs = at;
      this.#sent.set(`${writer} ${incarnation}`, messagesSent);
    },
  };
  readonly hears = ({ at }: LedgerEvent) => {
    this.#lastNs = Math.max(this.#lastNs, at);
  };
  readonly #nodes: number;
  /** By process and its start. */
  readonly #sent = new Map<string, number>();
  #linkPairs = 0;
  #requests = 0;
  #lastNs = 0;
  #countedNs = 0;

  constructor({ nodes }: Topology) {
    this.#nodes = nodes.length;
  }

  verdict(_atQuiescence: boolean): Verdict {
    if (this.#sent.size === 0) return { ...verdictOf(this.name, [], true), idle: true };
    const sent = [...this.#sent.values()].reduce((sum, count) => sum + count, 0);
    const usual = Math.round(this.#usual());
    if (sent <= FACTOR * usual) return verdictOf(this.name, [], false);
    const message = `${sent} messages were sent, where ${usual} would do when nothing goes wrong`;
    return verdictOf(this.name, [{ atNs: this.#countedNs, message }], false);
  }

  #ask(): void {
    this.#requests += 1;
  }

  #usual(): number {
    const perRequest = PER_REQUEST_AND_NODE * this.#nodes;
    const standing = PER_NODE_AND_SECOND * this.#nodes * (this.#lastNs / 1e9);
    return PER_LINK_PAIR * this.#linkPairs + perRequest * this.#requests + standing + PER_START * this.#sent.size;
  }
}
