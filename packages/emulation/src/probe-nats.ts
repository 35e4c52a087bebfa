import { connect, type NatsConnection } from "nats";
import { EmulationError } from "./emulation-error.ts";

const TIMEOUT_MS = 3000;
/** Processes report every second. */
const LISTEN_MS = 1200;

/**
 * Checks a NATS that somebody else runs: that it is there, takes our credentials, and carries no network of our name.
 * @throws EmulationError saying which of these is not so.
 */
export async function probeNats(url: string, network: string): Promise<void> {
  const connection = await connectTo(url);
  try {
    if (await hears(connection, `bellmesh.v1.${network}.>`)) {
      const problem = `another mesh of a network named ${network} runs over the NATS at ${new URL(url).host}`;
      throw new EmulationError(problem, "give the topology another name, or use another NATS");
    }
  } finally {
    await connection.close();
  }
}

/** Connects once. @throws EmulationError naming the server and what is wrong. */
export async function connectTo(url: string): Promise<NatsConnection> {
  const parsed = URL.parse(url);
  if (!parsed || !["nats:", "tls:"].includes(parsed.protocol) || parsed.hostname === "") {
    throw new EmulationError("the URL of NATS is none", "give it as in nats://user:password@127.0.0.1:4222");
  }
  const { host, username, password } = parsed;
  try {
    return await connect({
      servers: host,
      ...(username !== "" && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      timeout: TIMEOUT_MS,
      reconnect: false,
    });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "AUTHORIZATION_VIOLATION" || code === "AUTHENTICATION_EXPIRED") {
      throw new EmulationError(
        `the NATS at ${host} refuses these credentials`,
        "correct the user and password in its URL",
      );
    }
    const reason = code === "CONNECTION_REFUSED" ? "nobody listens there" : message;
    const expected = "start a nats-server there, or leave NATS_URL and --nats away and one is started";
    throw new EmulationError(`the NATS at ${host} cannot be reached (${reason})`, expected);
  }
}

function hears(connection: NatsConnection, subject: string): Promise<boolean> {
  return new Promise((resolve) => {
    connection.subscribe(subject, { max: 1, callback: () => resolve(true) });
    setTimeout(() => resolve(false), LISTEN_MS);
  });
}
