import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeshProcess } from "@bellmesh/mesh/grpc-nats";
import { meshTime, networkOptions } from "@bellmesh/process";
import { type Ask, RequesterTable, service as requester } from "@bellmesh/requester";
import { pino } from "pino";
import type { MeshConnection } from "./mesh-connection.ts";

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
}

export interface RequestOptions {
  readonly onProgress?: (progress: RequestProgress) => void;
  /** Ends the request as unfinished, with this message. */
  readonly signal?: AbortSignal;
}

const LOOK_EVERY_MS = 20;
const PROGRESS_EVERY_MS = 250;

/**
 * Asks for pairs on a running mesh, from a process of its own without a server: the same application as in simulation.
 * Returns once the request has ended and both ends have told of all that was delivered.
 */
export async function requestPairs(
  connection: MeshConnection,
  ask: Ask,
  { onProgress, signal }: RequestOptions = {},
): Promise<RequestOutcome> {
  const { topology, seed, nats, targetOf } = connection;
  const stateDir = mkdtempSync(join(tmpdir(), "bellmesh-request-"));
  const table = new RequesterTable();
  const time = meshTime(connection.meshStart, topology.timeScale);
  const application = await MeshProcess.start({
    ...networkOptions(topology, seed),
    services: [{ service: requester, place: ask.from, config: { ask, table } }],
    time,
    natsUrl: nats.urlOf(ask.from),
    stateDir,
    listen: [],
    targetOf,
    log: pino({ level: "silent" }),
  });
  const [startNs, startMs] = [time.now(), performance.now()];
  const passed = () => ({ meshNs: time.now() - startNs, wallMs: performance.now() - startMs });
  let reportedMs = 0;
  try {
    while (!table.done && !signal?.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      const { requested, delivered } = table;
      if (passed().wallMs - reportedMs < PROGRESS_EVERY_MS) continue;
      reportedMs = passed().wallMs;
      onProgress?.({ requested, delivered, ...passed() });
    }
    if (!table.done) {
      table.ended = "unfinished";
      table.message = String(signal?.reason ?? "it was given up");
    }
    return { table, ...passed() };
  } finally {
    await application.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}
