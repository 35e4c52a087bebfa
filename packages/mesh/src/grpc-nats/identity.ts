import { Metadata } from "@grpc/grpc-js";
import type { Address } from "../host.ts";
import { Code, failure, type Status } from "../status.ts";

const NODE = "bellmesh-node";
const SERVICE = "bellmesh-service";
const TARGET = "bellmesh-to";
/** What a program is that does not say: no service of the stack, but somebody's application at that node. */
const DEFAULT_SERVICE = "application";
/** Names of nodes, links and services, as topologies have them. */
const TOKEN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const TOKEN_LENGTH_MAX = 63;

/**
 * Who makes a call, by its metadata: `bellmesh-node` names the place, `bellmesh-service` the service there. A host
 * believes what it is told, as a node's own processes sit on a trusted channel; what it never does is guess.
 * @returns the address, or why it is none: to be answered with this status.
 */
export function callerOf(metadata: Metadata): Address | Status {
  const place = only(metadata, NODE);
  if (place === undefined) {
    return noIdentity(`${NODE}: the metadata does not say which node calls; set it to the node's name`);
  }
  if (!isToken(place)) return noIdentity(`${NODE}: ${shown(place)} is no name of a node; names are lower-case tokens`);
  const service = only(metadata, SERVICE) ?? DEFAULT_SERVICE;
  if (!isToken(service)) {
    return noIdentity(`${SERVICE}: ${shown(service)} is no name of a service; names are lower-case tokens`);
  }
  return `${service}/${place}`;
}

/** The target a caller names in `bellmesh-to`, where one process serves the same thing at several places. */
export function targetOf(metadata: Metadata): Address | undefined {
  const target = only(metadata, TARGET);
  if (typeof target !== "string") return undefined;
  const [service, place, ...more] = target.split("/");
  return isToken(service) && isToken(place) && more.length === 0 ? `${service}/${place}` : undefined;
}

/** The metadata of every call that `from` makes to `to`. */
export function identityMetadata(from: Address, to: Address): Metadata {
  const [service = "", place = ""] = from.split("/");
  const metadata = new Metadata();
  metadata.set(NODE, place);
  metadata.set(SERVICE, service);
  metadata.set(TARGET, to);
  return metadata;
}

type Claimed = string | readonly (string | Buffer)[];

/** The one value of a key; all of them where there are several, for then nobody knows which is meant. */
function only(metadata: Metadata, key: string): Claimed | undefined {
  const values = metadata.get(key);
  const [value] = values;
  return values.length > 1 || typeof value === "object" ? values : value;
}

function isToken(claimed: Claimed | undefined): claimed is string {
  return typeof claimed === "string" && claimed.length <= TOKEN_LENGTH_MAX && TOKEN.test(claimed);
}

function shown(claimed: Claimed): string {
  return JSON.stringify(claimed).slice(0, TOKEN_LENGTH_MAX + 2);
}

function noIdentity(message: string): Status {
  return failure(Code.UNAUTHENTICATED, message, "NO_IDENTITY");
}
