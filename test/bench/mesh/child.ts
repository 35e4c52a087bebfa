import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of this folder, run as another process: it is told one thing and answers with one. */
export class Child<Answer> {
  readonly #process: ChildProcess;
  readonly #answer: Promise<Answer>;
  readonly ready: Promise<unknown>;

  constructor(file: string, args: readonly string[]) {
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.ready = once(this.#process, "message");
    const ended = once(this.#process, "exit").then(([code]) => {
      throw new Error(`${file} ended with ${code}`);
    });
    this.#answer = this.ready.then(() => Promise.race([once(this.#process, "message"), ended])) as never;
    this.#answer = Promise.race([this.#answer, ended]).then((message) => (message as unknown as [Answer])[0]);
    this.#answer.catch(() => undefined);
  }

  /** What it measured. */
  get answer(): Promise<Answer> {
    return this.#answer;
  }

  tell(message: string): void {
    this.#process.send(message);
  }

  end(): void {
    this.#process.kill("SIGKILL");
  }
}
