import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyService } from "@bellmesh/mesh";
import { MeshProcess } from "@bellmesh/mesh/grpc-nats";
import { meshTime, networkOptions } from "@bellmesh/process";
import { type Ask, RequesterTable, service as requester, type Tomography, tomographer } from "@bellmesh/requester";
import { Experiment } from "@bellmesh/simulation";
import { pino } from "pino";
import type { MeshConnection } from "./mesh-connection.ts";
import { withdraw } from "./withdrawal.ts";

export type { Ask } from "@bellmesh/requester";

/** How far a request has got. */
export interface RequestProgress {
  readonly requested: number;
  readonly delivered: number;
  /** True mesh time now. */
  readonly meshNs: number;
  readonly wallMs: number;
}

/** A request that has ended, as the program that made it saw it. */
export interface RequestOutcome {
  readonly table: RequesterTable;
  /** True mesh time from asking to the end. */
  readonly meshNs: number;
  readonly wallMs: number;
  /** The instant of true mesh time at which nothing more of it was waited for. */
  readonly endedAtNs: number;
  /** Where it was asked; null when there were too few shots. */
  readonly tomography?: Tomography | null;
}

export interface RequestOptions {
  readonly onProgress?: (progress: RequestProgress) => void;
  /** Applications at both ends measure every pair in nine settings by turns. */
  readonly tomography?: boolean;
  /** Ends the request as unfinished, with this message. */
  readonly signal?: AbortSignal;
  /** Withdraws the request, and waits for its end, though not for long. */
  readonly withdrawal?: AbortSignal;
}

const LOOK_EVERY_MS = 20;
const PROGRESS_EVERY_MS = 250;
/** What the mesh's own delays may put between the deliveries of the two ends; the halves age meanwhile. */
const ENDS_APART_NS = 5_000_000;
/** How long after the last delivery bits may still come. */
const LAST_SHOTS_MS = 5_000;

/**
 * Asks for pairs on a running mesh, from a process of its own without a server: the same application as in simulation.
 * Returns once the request has ended and both ends have told of all that was delivered.
 */
export async function requestPairs(
  connection: MeshConnection,
  ask: Ask,
  { onProgress, signal, withdrawal, tomography }: RequestOptions = {},
): Promise<RequestOutcome> {
  const table = new RequesterTable();
  const { topology, meshStart } = connection;
  const time = meshTime(meshStart, topology.timeScale);
  const experiment = tomography ? new Experiment(topology, ask.from, ask.to, table, ENDS_APART_NS) : undefined;
  const measuring = (experiment?.ends ?? []).map(({ place, end }) => ({ service: tomographer, place, config: end }));
  const asked = { ...ask, ...(experiment && { hold: true }) };
  const asking = { service: requester, place: ask.from, config: { ask: asked, table } };
  const applications: Application[] = [];
  const [startNs, startMs] = [time.now(), performance.now()];
  const passed = () => ({ meshNs: time.now() - startNs, wallMs: performance.now() - startMs });
  let reportedMs = 0;
  try {
    for (const service of measuring) applications.push(await application(connection, time, service));
    applications.push(await application(connection, time, asking));
    while (!table.done && !signal?.aborted && !withdrawal?.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      const { requested, delivered } = table;
      if (passed().wallMs - reportedMs < PROGRESS_EVERY_MS) continue;
      reportedMs = passed().wallMs;
      onProgress?.({ requested, delivered, ...passed() });
    }
    if (!table.done && withdrawal?.aborted) await withdraw(connection, ask.from, table);
    else if (!table.done) {
      table.ended = "unfinished";
      table.message = String(signal?.reason ?? "it was given up");
    }
    const outcome = { table, ...passed() };
    if (!experiment) return { ...outcome, endedAtNs: time.now() };
    const lastMs = passed().wallMs + LAST_SHOTS_MS;
    while (experiment.shots < table.delivered && passed().wallMs < lastMs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return { ...outcome, endedAtNs: time.now(), tomography: experiment.result() ?? null };
  } finally {
    for (const { stop } of applications) await stop();
  }
}

interface Application {
  readonly stop: () => Promise<void>;
}

/** A process without a server, at the node its one service stands at. */
async function application(
  connection: MeshConnection,
  time: ReturnType<typeof meshTime>,
  service: { readonly service: AnyService; readonly place: string; readonly config: unknown },
): Promise<Application> {
  const { topology, seed, nats, targetOf } = connection;
  const stateDir = mkdtempSync(join(tmpdir(), "bellmesh-request-"));
  const running = await MeshProcess.start({
    ...networkOptions(topology, seed),
    services: [service],
    time,
    natsUrl: nats.urlOf(service.place),
    stateDir,
    listen: [],
    targetOf,
    log: pino({ level: "silent" }),
  });
  return {
    stop: async () => {
      await running.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
