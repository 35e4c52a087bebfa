import { type ChildProcess, spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { identityOf } from "./process-identity.ts";

/** What a process that was told to stop may take, and a little. */
const PATIENCE_S = 11;

/**
 * Waits for the end of its standard input, which is ours: it comes when we are gone, however we went. Processes that
 * hang on our channel stop by themselves then, unless they are paused; what is left is ended.
 */
const SCRIPT = `trap '' INT TERM HUP
cat >/dev/null
pids=$(cut -d ' ' -f 1 "$1" 2>/dev/null)
for pid in $pids; do kill -CONT "$pid" 2>/dev/null; done
sleep ${PATIENCE_S}
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done`;

/** Sees to it that no child outlives this process, even when it is killed: one small shell that watches it. */
export class OrphanGuard {
  readonly #file: string;
  readonly #shell: ChildProcess;
  readonly #identities = new Map<number, string>();

  /** @param file where the children's process ids are noted. */
  constructor(file: string) {
    this.#file = file;
    this.#note();
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "sh", file], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    // Where there is no shell there is no guard; children with a channel still stop by themselves.
    this.#shell.on("error", () => undefined);
    this.#shell.unref();
  }

  watch(pid: number): void {
    this.#identities.set(pid, identityOf(pid));
    this.#note();
  }

  forget(pid: number): void {
    this.#identities.delete(pid);
    this.#note();
  }

  /** Everybody has stopped: the guard is not needed any more. */
  close(): void {
    this.#shell.kill("SIGKILL");
  }

  #note(): void {
    writeFileSync(`${this.#file}.new`, `${[...this.#identities.values()].join("\n")}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
