import type { Address, Method, Status } from "@bellmesh/mesh";
import { identityMetadata, statusFromGrpc } from "@bellmesh/mesh/grpc-nats";
import { Client, credentials } from "@grpc/grpc-js";
import type { MeshConnection } from "./mesh-connection.ts";

/** A call of an application at a node, by a program that is no process of the mesh. */
export interface ApplicationCall<Request, Response> {
  readonly node: string;
  readonly to: Address;
  readonly method: Method<Request, Response>;
  readonly request: Request;
  readonly deadlineMs: number;
}

/** What was answered, or why nothing was. */
export type ApplicationAnswer<Response> = { readonly response: Response } | { readonly status: Status };

/** Calls a service of a running mesh in the name of an application at a node. */
export function callAsApplication<Request, Response>(
  { targetOf }: MeshConnection,
  { node, to, method, request, deadlineMs }: ApplicationCall<Request, Response>,
): Promise<ApplicationAnswer<Response>> {
  const { path, requestType, responseType } = method;
  const client = new Client(targetOf(to), credentials.createInsecure());
  return new Promise<ApplicationAnswer<Response>>((resolve) => {
    client.makeUnaryRequest(
      path,
      (one: Request) => Buffer.from(requestType.encode(one).finish()),
      (bytes: Buffer) => responseType.decode(bytes),
      request,
      identityMetadata(`application/${node}`, to),
      { deadline: Date.now() + deadlineMs },
      (error, response) => {
        if (error) resolve({ status: statusFromGrpc(error) });
        else resolve({ response: response as Response });
      },
    );
  }).finally(() => client.close());
}
