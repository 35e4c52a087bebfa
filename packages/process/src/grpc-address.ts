import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { Address } from "@bellmesh/mesh";

const UNIX = "unix:";
/** The path of a unix socket has at most 103 bytes on macOS and 107 on Linux. */
const SOCKET_PATH_BYTES_MAX = 100;
const HASH_LENGTH = 16;

/**
 * The gRPC address that a template such as "unix:/run/lab/{service}.{place}.sock" or "dns:///{place}:50051" gives for
 * a service at a place. Who listens and who calls both come here, so that they agree also where the name of a socket
 * is too long and a hash of it stands in its place.
 * @throws RangeError when the directory of a socket is too long for any name.
 */
export function grpcAddress(template: string, address: Address): string {
  const [service = "", place = ""] = address.split("/");
  const filled = template.replaceAll("{service}", service).replaceAll("{place}", place);
  return filled.startsWith(UNIX) ? `${UNIX}${socketPath(filled.slice(UNIX.length))}` : filled;
}

/**
 * A path of a unix socket that every system takes: the given one, or one with a hash for its name.
 * @throws RangeError when its directory is too long for any name.
 */
export function socketPath(path: string): string {
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) return path;
  const hash = createHash("sha256").update(basename(path)).digest("hex").slice(0, HASH_LENGTH);
  const short = join(dirname(path), `${hash}.sock`);
  const bytes = Buffer.byteLength(short);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return short;
  const directoryMax = SOCKET_PATH_BYTES_MAX - HASH_LENGTH - "/.sock".length;
  throw new RangeError(
    `the directory ${dirname(path)} is too long for sockets; take one of at most ${directoryMax} bytes`,
  );
}
