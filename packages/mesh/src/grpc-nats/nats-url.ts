/** Where a NATS is, and as whom to log in there: in the words of the client's options. */
export interface NatsAddress {
  /** host:port, without secrets: fit for logs. */
  readonly servers: string;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** Present where nothing may be said in the clear. */
  readonly tls?: Record<string, never>;
}

/** The URL is none of NATS. */
export class NatsUrlError extends Error {}

/** @throws NatsUrlError saying what is wrong with the URL, without the password in it. */
export function parseNatsUrl(url: string): NatsAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^(?:nats|tls):$/.test(parsed.protocol) || parsed.hostname === "") {
    throw new NatsUrlError(
      `${JSON.stringify(withoutPassword(url))} is no address of NATS; ` +
        "write nats://host:4222, or nats://user:password@host:4222",
    );
  }
  const servers = `${parsed.hostname}:${parsed.port || "4222"}`;
  const address = { servers, ...(parsed.protocol === "tls:" && { tls: {} }) };
  const user = decoded(parsed.username, servers);
  const pass = decoded(parsed.password, servers);
  if (user === "") return address;
  return pass === "" ? { ...address, token: user } : { ...address, user, pass };
}

function decoded(text: string, servers: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const problem = `user or password for the NATS at ${servers} have a % that is no escape`;
    throw new NatsUrlError(`${problem}; write %25 for a percent sign`);
  }
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:/@]*@/, ":***@");
}
