import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type NatsKind, type RunningNats, startNats } from "@bellmesh/broker";
import { publishPatterns } from "@bellmesh/wire";
import { EmulationError } from "./emulation-error.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import { probeNats } from "./probe-nats.ts";
import { processCpuMs } from "./process-cpu.ts";

/** Which NATS: the one of a URL, a nats-server, our broker; or a nats-server where there is one, else our broker. */
export type NatsChoice = "server" | "embedded" | "auto" | { readonly url: string };

/** Who reads the ledger, and who looks on: they log in to the bus as places do. */
export const COLLECTOR = "collector";
export const OBSERVER = "observer";

export interface MeshNatsOptions {
  readonly choice: NatsChoice;
  readonly network: string;
  readonly places: readonly string[];
  /** For the configuration and the log of a server. */
  readonly directory: string;
  readonly guard: OrphanGuard;
  /** Where to look for a nats-server, as the environment's PATH says. */
  readonly searchPath: string | undefined;
}

const ANYBODY = "*";
const BACK_OFF_FIRST_MS = 100;
const BACK_OFF_MAX_MS = 5000;

/**
 * The bus of a mesh. Where it is ours, every place has a password of its own and may publish in its own name only,
 * and the server is started again when it ends.
 */
export class MeshNats {
  readonly kind: NatsKind;
  /** Where each place, the collector and the observer connect; "*" is anybody. */
  readonly urls: Readonly<Record<string, string>>;
  readonly #running: RunningNats;
  readonly #guard: OrphanGuard;
  #wanted = true;
  #supervised: Promise<void> = Promise.resolve();

  /** @throws EmulationError when a given NATS cannot be used, or none can be started. */
  static async start(options: MeshNatsOptions): Promise<MeshNats> {
    const { choice, network, places, directory, guard, searchPath } = options;
    if (typeof choice === "object") await probeNats(choice.url, network);
    const users = [...places, COLLECTOR, OBSERVER].map((user) => ({
      user,
      password: randomBytes(16).toString("hex"),
      // Who looks on may ask, and say nothing.
      permissions: { publish: user === OBSERVER ? ["_INBOX.>"] : publishPatterns(network, user), subscribe: [">"] },
    }));
    const running = await startNats({
      ...(typeof choice === "object" ? { prefer: "url", url: choice.url } : choice !== "auto" && { prefer: choice }),
      ...(searchPath !== undefined && { path: searchPath }),
      users,
      directory,
    }).catch((error: Error) => {
      const [problem = "", ...expected] = error.message.split("; ");
      throw new EmulationError(problem, expected.join("; ") || "see bellmesh doctor");
    });
    const names = running.kind === "url" ? [ANYBODY] : users.map(({ user }) => user);
    return new MeshNats(running, guard, Object.fromEntries(names.map((name) => [name, running.urlFor(name)])));
  }

  private constructor(running: RunningNats, guard: OrphanGuard, urls: Readonly<Record<string, string>>) {
    this.kind = running.kind;
    this.urls = urls;
    this.#running = running;
    this.#guard = guard;
    this.#started();
  }

  /** Undefined for a NATS that somebody else runs. */
  get pid(): number | undefined {
    return this.#running.pid;
  }

  /** CPU time of the server; 0 for one that somebody else runs. */
  cpuMs(): number {
    return this.pid === undefined ? 0 : (processCpuMs(this.pid) ?? 0);
  }

  urlOf(user: string): string {
    return this.urls[user] ?? (this.urls[ANYBODY] as string);
  }

  /** Ends the server without a word; it is started again. */
  kill(): void {
    this.#running.kill("SIGKILL");
  }

  /** Ends the server without a word, and leaves it so until `restore`. */
  async takeAway(): Promise<void> {
    this.#wanted = false;
    this.#running.kill("SIGKILL");
    await this.#supervised;
  }

  async restore(): Promise<void> {
    this.#wanted = true;
    await this.#running.restart();
    this.#started();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#running.stop();
    await this.#supervised;
  }

  #started(): void {
    if (this.kind === "url") return;
    if (this.pid !== undefined) this.#guard.watch(this.pid);
    this.#supervised = this.#supervise();
  }

  async #supervise(): Promise<void> {
    for (let backOffMs = BACK_OFF_FIRST_MS; ; backOffMs = Math.min(2 * backOffMs, BACK_OFF_MAX_MS)) {
      const { pid } = this;
      await this.#running.exited;
      if (pid !== undefined) this.#guard.forget(pid);
      if (this.#wanted) await sleep(backOffMs);
      if (!this.#wanted) return;
      const back = await this.#running.restart().then(
        () => true,
        () => false,
      );
      if (back) backOffMs = BACK_OFF_FIRST_MS / 2;
      if (this.pid !== undefined) this.#guard.watch(this.pid);
    }
  }
}
