import type { Logger } from "pino";
import { NatsBus } from "./bus.ts";

/** What a plane carries is the fourth token of its subjects. */
const FEEDFORWARD = "ff";
const CONTROL = "ctl";

export interface BusPlanesOptions {
  readonly url: string;
  /** Of the process, as the server's list of connections shows it. */
  readonly name: string;
  readonly log: Logger;
  /** All planes are up, with their subscriptions in force: at first and after every loss. */
  readonly onUp: () => void;
  readonly onDown: (reason: string) => void;
}

/** A process's three connections to the bus: feedforward never waits behind a ledger that is being sent again. */
export class BusPlanes {
  readonly feedforward: NatsBus;
  readonly control: NatsBus;
  readonly telemetry: NatsBus;
  readonly #options: BusPlanesOptions;
  #up = false;

  constructor(options: BusPlanesOptions) {
    this.#options = options;
    this.feedforward = this.#open("feedforward");
    this.control = this.#open("control");
    this.telemetry = this.#open("telemetry");
  }

  get up(): boolean {
    return this.#up;
  }

  /** Messages not published because their plane was away. */
  get dropped(): number {
    return this.feedforward.dropped + this.control.dropped + this.telemetry.dropped;
  }

  /** The plane of a subject. */
  of(subject: string): NatsBus {
    const from = planeToken(subject);
    if (subject.startsWith(`${FEEDFORWARD}.`, from)) return this.feedforward;
    return subject.startsWith(`${CONTROL}.`, from) ? this.control : this.telemetry;
  }

  async close(): Promise<void> {
    await Promise.all([this.feedforward.close(), this.control.close(), this.telemetry.close()]);
  }

  #open(plane: string): NatsBus {
    const { url, name, log } = this.#options;
    const onUp = () => this.#noticed("");
    const onDown = (reason: string) => this.#noticed(`${plane}: ${reason}`);
    return NatsBus.open({ url, name: `${name} ${plane}`, log, onUp, onDown });
  }

  #noticed(reason: string): void {
    const up = [this.feedforward, this.control, this.telemetry].every((plane) => plane?.up);
    if (up === this.#up) return;
    this.#up = up;
    if (up) this.#options.onUp();
    else this.#options.onDown(reason);
  }
}

/** Where the fourth token of a subject begins. */
function planeToken(subject: string): number {
  let at = 0;
  for (let dots = 0; dots < 3; dots++) {
    const dot = subject.indexOf(".", at);
    if (dot < 0) return subject.length;
    at = dot + 1;
  }
  return at;
}
