import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Address } from "@bellmesh/mesh";
import { type CrashInStep, isServing, type Serving } from "@bellmesh/process";
import type { OrphanGuard } from "./orphan-guard.ts";
import type { ProcessPlan } from "./process-plan.ts";

/** `waiting`: it has ended and is started again soon. `refused`: it could not begin, and would not the next time. */
export type Phase = "starting" | "serving" | "waiting" | "paused" | "refused" | "stopped";

/** A service's garbage is small and many processes share a machine: 30 MB less for each, at the same speed. */
const SMALL_YOUNG_GENERATION = "--max-semi-space-size=1";

export interface SupervisedProcessOptions {
  readonly plan: ProcessPlan;
  /** Its environment, with the ports it had when it ran before; nothing of ours is passed on but this. */
  readonly environment: (formerPorts: readonly number[]) => Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly guard: OrphanGuard;
  /** It started, serves, ended or gave up. */
  readonly onChange: () => void;
}

const BACK_OFF_FIRST_MS = 100;
const BACK_OFF_MAX_MS = 5000;
/** Whoever served so long has recovered: its next crash is its first. */
const RECOVERED_AFTER_MS = 10_000;
const CANNOT_BEGIN = 2;
const TAIL_BYTES = 16_384;

/** One process of a mesh, kept running: started again when it ends, ever later if it keeps ending. */
export class SupervisedProcess {
  readonly plan: ProcessPlan;
  phase: Phase = "stopped";
  /** How often it was started. */
  starts = 0;
  /** TCP ports it listens on. */
  ports: readonly number[] = [];
  /** Why it ended last. */
  exitReason: string | undefined;
  readonly #options: SupervisedProcessOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #backOffMs = BACK_OFF_FIRST_MS;
  #servingSinceMs = 0;
  #wanted = false;
  /** Why it shall end in the middle of a step, and of which services. */
  readonly #crashes = new Map<object, readonly Address[]>();

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
    this.plan = options.plan;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, unless it runs. */
  start(): void {
    this.#wanted = true;
    if (!this.#child) this.#spawn();
  }

  /** Sends a signal to the running process; false when there is none. */
  signal(signal: NodeJS.Signals): boolean {
    if (!this.#child) return false;
    if (signal === "SIGSTOP") this.#enter("paused");
    if (signal === "SIGCONT" && this.phase === "paused") this.#enter("serving");
    return this.#child.kill(signal);
  }

  /** Ends it without a word, and leaves it down until it is started again. */
  async takeDown(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#restart);
    this.#child?.kill("SIGKILL");
    await this.#ended;
    if (!this.#child) this.#enter("stopped");
  }

  /**
   * Ends it in the middle of the next step of one of these services, and leaves it down until it is started again. One
   * that does not run is left down, and one that cannot be told is ended at once.
   * @param cause what `spare` is told to take it back
   */
  crashInStep(cause: object, services: readonly Address[]): void {
    this.#wanted = false;
    clearTimeout(this.#restart);
    if (!this.#child) {
      this.#enter("stopped");
      return;
    }
    this.#crashes.set(cause, services);
    this.#tellCrashes(this.#child);
  }

  /** Takes a cause back. When it was the last, a process that has not ended lives on, and one that has is started. */
  spare(cause: object): void {
    if (this.#crashes.delete(cause) && this.#child) this.#tellCrashes(this.#child);
    if (this.#crashes.size === 0) this.start();
  }

  /** Lets it stop in order, and ends it when that takes longer than the limit. */
  async stop(limitMs: number): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (!child) {
      this.#enter("stopped");
      return;
    }
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), limitMs);
    await this.#ended;
    clearTimeout(patience);
  }

  /** The end of its log, line by line. */
  lastLines(count: number): readonly string[] {
    let file: number;
    try {
      file = openSync(this.#options.logFile, "r");
    } catch {
      return [];
    }
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    closeSync(file);
    const lines = bytes.toString("utf8").split("\n");
    return lines.filter((line) => line !== "").slice(-count);
  }

  #spawn(): void {
    const { plan, environment, logFile, guard } = this.#options;
    const log = openSync(logFile, "a");
    // A group of its own: Ctrl-C in the terminal is for the supervisor, which stops everybody in order.
    const child = spawn(process.execPath, [SMALL_YOUNG_GENERATION, fileURLToPath(plan.entry)], {
      stdio: ["ignore", log, log, "ipc"],
      env: environment(this.ports),
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    this.starts += 1;
    const { pid } = child;
    if (pid !== undefined) guard.watch(pid);
    child.on("message", (message) => {
      if (isServing(message)) this.#serves(message);
    });
    child.once("disconnect", () => this.#crashUntold(child));
    this.#ended = new Promise((resolve) => {
      const ended = (reason: string, code: number | null) => {
        if (pid !== undefined) guard.forget(pid);
        this.#endedBecause(reason, code);
        resolve();
      };
      child.once("error", (error) => {
        if (pid === undefined) ended(error.message, null);
      });
      child.once("exit", (code, signal) => ended(signal ?? `exit code ${code}`, code));
    });
    this.#enter("starting");
  }

  #serves({ ports }: Serving): void {
    this.ports = ports;
    this.#servingSinceMs = performance.now();
    this.#enter("serving");
  }

  #tellCrashes(child: ChildProcess): void {
    const message: CrashInStep = { crashInStepOf: [...this.#crashes.values()].flat() };
    child.send({ ...message }, (error) => {
      if (error) this.#crashUntold(child);
    });
  }

  /** It has no channel any more: whoever cannot be told when to end ends at once. */
  #crashUntold(child: ChildProcess): void {
    if (this.#crashes.size > 0) child.kill("SIGKILL");
  }

  #endedBecause(reason: string, code: number | null): void {
    const hasServed = this.#servingSinceMs > 0;
    if (hasServed && performance.now() - this.#servingSinceMs > RECOVERED_AFTER_MS) this.#backOffMs = BACK_OFF_FIRST_MS;
    this.#child = undefined;
    this.#crashes.clear();
    this.exitReason = reason;
    if (!this.#wanted) {
      this.#enter("stopped");
    } else if (code === CANNOT_BEGIN && !hasServed) {
      this.#enter("refused");
    } else {
      this.#restart = setTimeout(() => this.#spawn(), this.#backOffMs);
      this.#backOffMs = Math.min(2 * this.#backOffMs, BACK_OFF_MAX_MS);
      this.#enter("waiting");
    }
  }

  #enter(phase: Phase): void {
    if (phase === this.phase) return;
    this.phase = phase;
    this.#options.onChange();
  }
}
