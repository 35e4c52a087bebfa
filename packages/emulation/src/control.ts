import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { EmulationError } from "./emulation-error.ts";

/** What a supervisor answers to other programs of its user: a path, and the JSON to answer with. */
export type Answers = Readonly<Record<string, (query: URLSearchParams) => unknown>>;

/** The door of a supervisor: HTTP on a unix socket that its owner alone may open. */
export class ControlServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(socket: string, answers: Answers): Promise<ControlServer> {
    const server = createServer((asked, response) => void answer(answers, asked, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, resolve);
    });
    chmodSync(socket, 0o600);
    return new ControlServer(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function answer(answers: Answers, asked: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(asked.url ?? "/", "http://control");
  const known = answers[url.pathname];
  try {
    if (!known) throw new Error(`the supervisor knows no ${url.pathname}`);
    response.end(JSON.stringify((await known(url.searchParams)) ?? null));
  } catch (error) {
    response.statusCode = known ? 500 : 404;
    response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
}

/**
 * Asks the supervisor behind a socket.
 * @param signal gives the question up
 * @throws EmulationError when it does not answer
 */
export function askSupervisor<Answer>(socket: string, path: string, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string) => {
      const expected = "stop the mesh with bellmesh down and start it again";
      reject(new EmulationError(`the supervisor behind ${socket} does not answer (${reason})`, expected));
    };
    const asking = request({ socketPath: socket, path, ...(signal && { signal }) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as Answer);
        else failed(text);
      });
      response.on("error", (error) => failed(error.message));
    });
    asking.on("error", (error) => failed(error.message));
    asking.end();
  });
}
