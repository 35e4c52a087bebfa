import { setTimeout as sleep } from "node:timers/promises";
import { Code, methodsOf } from "@bellmesh/mesh";
import type { RequesterTable } from "@bellmesh/requester";
import { NodeControllerServiceDefinition } from "@bellmesh/wire/node-controller";
import { callAsApplication } from "./application-call.ts";
import type { MeshConnection } from "./mesh-connection.ts";

const methods = methodsOf(NodeControllerServiceDefinition);

/** Given to a request for ending once it is to: whoever stops a program waits. */
const WITHDRAWAL_MS = 5_000;
const CALL_MS = 1_000;
const LOOK_EVERY_MS = 50;

/**
 * Withdraws the request that a requester has made at a node, and waits until it has ended, for some seconds at most: a
 * node that does not answer is told again meanwhile, and a request that it has not accepted yet once it has.
 */
export async function withdraw(connection: MeshConnection, from: string, table: RequesterTable): Promise<void> {
  const untilMs = performance.now() + WITHDRAWAL_MS;
  let isTold = false;
  while (!table.done && performance.now() < untilMs) {
    if (!isTold && table.requestId !== undefined) isTold = await told(connection, from, table.requestId);
    await sleep(LOOK_EVERY_MS);
  }
  if (table.ended !== undefined) return;
  table.ended = "unfinished";
  const what = table.requestId === undefined ? `${from} has not answered` : "it was withdrawn, and has not ended";
  table.message = `${what} within ${WITHDRAWAL_MS / 1000} s`;
}

/** Whether the node knows now that the request is withdrawn, or has it no more. */
async function told(connection: MeshConnection, node: string, requestId: string): Promise<boolean> {
  const answer = await callAsApplication(connection, {
    node,
    to: `node-controller/${node}`,
    method: methods.withdrawPairs,
    request: { requestId },
    deadlineMs: CALL_MS,
  });
  return "response" in answer || answer.status.code === Code.NOT_FOUND;
}
