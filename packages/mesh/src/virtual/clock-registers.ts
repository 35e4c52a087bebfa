import { ClockCorrection } from "@bellmesh/wire/control";
import { subjectMatches } from "../faults.ts";
import type { VirtualHost } from "./host.ts";

/**
 * The registers that steer the nodes' oscillators. A correction is a setting of hardware: it acts when it is made, for
 * everybody who has to know how the clock runs, nature and the stations among them. No fault of the bus touches it, and
 * who starts later finds the register as it stands.
 */
export class ClockRegisters {
  readonly #hosts: ReadonlyMap<string, VirtualHost>;
  /** By subject. */
  readonly #latest = new Map<string, ClockCorrection>();

  constructor(hosts: ReadonlyMap<string, VirtualHost>) {
    this.#hosts = hosts;
  }

  set(subject: string, correction: ClockCorrection): void {
    // A copy, for everybody: what is written into a register is none of the writer's any more.
    const written = Object.freeze(ClockCorrection.decode(ClockCorrection.encode(correction).finish()));
    this.#latest.set(subject, written);
    const tokens = subject.split(".");
    for (const host of this.#hosts.values()) show(host, subject, tokens, written);
  }

  /** A process has started, and does not know how any clock runs. */
  showAll(host: VirtualHost): void {
    for (const [subject, correction] of this.#latest) show(host, subject, subject.split("."), correction);
  }
}

function show(host: VirtualHost, subject: string, tokens: readonly string[], correction: ClockCorrection): void {
  const isRead = host.correctionsRead.some((pattern) => subjectMatches(pattern, tokens));
  if (isRead) host.later({ kind: "message", subject, type: ClockCorrection, message: correction });
}
