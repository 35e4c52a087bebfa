import { type ChildProcess, spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";

/** What a process that was told to stop may take, and a little. */
const PATIENCE_S = 11;

/**
 * Waits for the end of its standard input, which is ours: it comes when we are gone, however we went. Processes that
 * hang on our channel stop by themselves then, if they are not paused; what is left is ended.
 */
const SCRIPT = `trap '' INT TERM HUP
cat >/dev/null
each() { for pid in $(cat "$1" 2>/dev/null); do kill "-$2" "$pid" 2>/dev/null; done; }
each "$1" CONT; each "$1" TERM; sleep ${PATIENCE_S}; each "$1" KILL`;

/** Sees to it that no child outlives this process, even when it is killed: one small shell that watches it. */
export class OrphanGuard {
  readonly #file: string;
  readonly #shell: ChildProcess;
  readonly #pids = new Set<number>();

  /** @param file where the children's process ids are noted. */
  constructor(file: string) {
    this.#file = file;
    this.#note();
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "sh", file], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    // Where there is no shell there is no guard; children with a channel still stop by themselves.
    this.#shell.on("error", () => undefined);
    this.#shell.unref();
    (this.#shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }

  watch(pid: number): void {
    this.#pids.add(pid);
    this.#note();
  }

  forget(pid: number): void {
    this.#pids.delete(pid);
    this.#note();
  }

  /** Everybody has stopped: the guard is not needed any more. */
  close(): void {
    this.#shell.kill("SIGKILL");
  }

  #note(): void {
    writeFileSync(`${this.#file}.new`, `${[...this.#pids].join("\n")}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
