import type { Address } from "@bellmesh/mesh";

/** What a process tells its parent once it serves: the TCP ports it listens on. */
export interface Serving {
  readonly ready: true;
  readonly ports: readonly number[];
}

/**
 * What its parent tells a process: to end in the middle of the next step of one of these services, and where there are
 * none, to live on. Each message replaces the one before it.
 */
export interface CrashInStep {
  readonly crashInStepOf: readonly Address[];
}

/** Whether something that came over the channel is this message. */
export function isServing(message: unknown): message is Serving {
  const { ready, ports } = fieldsOf(message);
  return ready === true && Array.isArray(ports) && ports.every(Number.isInteger);
}

/** Whether something that came over the channel is this message. */
export function isCrashInStep(message: unknown): message is CrashInStep {
  const { crashInStepOf: services } = fieldsOf(message);
  return Array.isArray(services) && services.every((one) => typeof one === "string" && one.includes("/"));
}

function fieldsOf(message: unknown): Readonly<Record<string, unknown>> {
  return typeof message === "object" && message !== null ? { ...message } : {};
}
