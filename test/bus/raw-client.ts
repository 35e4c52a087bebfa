import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Exchange } from "./exchanges.ts";

/** A client of a NATS that speaks the protocol by hand. */
export class RawClient {
  /** Everything the server has said but its greeting and its pings. */
  heard = "";
  isClosed = false;
  readonly socket: Socket;
  #changed: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.#changed();
    });
  }

  /** Connects, and waits for the greeting. */
  static async to(url: string): Promise<RawClient> {
    const client = new RawClient(connect(Number(new URL(url).port), "127.0.0.1"));
    await once(client.socket, "data");
    client.socket.on("data", (bytes) => {
      client.heard = (client.heard + bytes.toString()).replaceAll(/(?<=^|\n)PING\r\n/g, "");
      client.#changed();
    });
    return client;
  }

  say(text: string): void {
    this.socket.write(text);
  }

  /** Waits until the server has said so, or has closed the connection. */
  async until(isSo: (heard: string) => boolean): Promise<void> {
    while (!isSo(this.heard) && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

/** Runs an exchange to its PONG, or to the end of the connection. */
export async function held(url: string, { connect, user = "all", says }: Exchange): Promise<object> {
  const client = await RawClient.to(url);
  const options = { verbose: false, pedantic: false, headers: true, no_responders: true, user, pass: "p", ...connect };
  const lines = connect === null ? says : [`CONNECT ${JSON.stringify(options)}`, ...says];
  client.say(lines.map((line) => `${line}\r\n`).join(""));
  await client.until((heard) => heard.endsWith("PONG\r\n"));
  client.socket.destroy();
  return { hears: client.heard.split("\r\n").slice(0, -1), isClosed: client.isClosed };
}
