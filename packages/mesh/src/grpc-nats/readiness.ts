import type { Logger } from "pino";
import type { Health } from "./health.ts";

/** For every service of a process. */
const ALL = "*";

interface Condition {
  ok: boolean;
  reason: string;
}

/**
 * Whether each service of a process is of use: it is while everything it needs is there (the bus, its clock, what
 * its machine says of itself). Every change is logged, and told to health checks.
 */
export class Readiness {
  readonly #health: Health;
  readonly #log: Logger;
  readonly #services: readonly string[];
  readonly #conditions = new Map<string, Map<string, Condition>>();
  readonly #ready = new Map<string, boolean>();

  /** @param options.services full names of proto services, as `health` knows them. */
  constructor(options: { readonly health: Health; readonly log: Logger; readonly services: readonly string[] }) {
    this.#health = options.health;
    this.#log = options.log;
    this.#services = options.services;
    for (const service of [ALL, ...options.services]) this.#conditions.set(service, new Map());
    for (const service of options.services) this.#settle(service);
  }

  /** From now on `service` is not ready before this condition is said to be met. */
  require(service: string, condition: string): void {
    const conditions = this.#conditionsOf(service);
    if (conditions.has(condition)) return;
    conditions.set(condition, { ok: false, reason: `waiting for ${condition}` });
    this.#settleAll(service);
  }

  /** How a condition stands now. One that was never required counts from here on. */
  say(service: string, condition: string, ok: boolean, reason: string): void {
    const conditions = this.#conditionsOf(service);
    const before = conditions.get(condition);
    if (before?.ok === ok && (ok || before.reason === reason)) return;
    conditions.set(condition, { ok, reason });
    const { serving, notServing } = this.#settleAll(service);
    const fields = {
      condition,
      ok,
      ...(reason !== "" && { reason }),
      ...(service !== ALL && { service }),
      ...(serving.length > 0 && { serving }),
      ...(notServing.length > 0 && { notServing }),
    };
    if (ok) this.#log.info(fields, serving.length > 0 ? "serving" : `${condition}: well`);
    else this.#log.warn(fields, `${notServing.length > 0 ? "not serving: " : `${condition}: `}${reason}`);
  }

  ready(service: string): boolean {
    this.#conditionsOf(service);
    return this.#services.every((known) => (service !== ALL && known !== service) || this.#ready.get(known));
  }

  /** Why it is not ready, everything that is amiss in one line; empty when it is. */
  reason(service: string): string {
    const asked = service === ALL ? [ALL, ...this.#services] : [ALL, service];
    const amiss = asked.flatMap((name) => Array.from(this.#conditionsOf(name).values()).filter(({ ok }) => !ok));
    return [...new Set(amiss.map(({ reason }) => reason))].join("; ");
  }

  #conditionsOf(service: string): Map<string, Condition> {
    const conditions = this.#conditions.get(service);
    if (!conditions) throw new Error(`${service} is not among the services served here`);
    return conditions;
  }

  #settleAll(service: string): { serving: string[]; notServing: string[] } {
    const affected = service === ALL ? this.#services : [service];
    const changed = affected.filter((name) => this.#settle(name));
    return {
      serving: changed.filter((name) => this.#ready.get(name)),
      notServing: changed.filter((name) => !this.#ready.get(name)),
    };
  }

  /** @returns whether the service's readiness has changed. */
  #settle(service: string): boolean {
    const ready = [ALL, service].every((name) => Array.from(this.#conditionsOf(name).values()).every(({ ok }) => ok));
    if (this.#ready.get(service) === ready) return false;
    this.#ready.set(service, ready);
    this.#health.set(service, ready);
    return true;
  }
}
