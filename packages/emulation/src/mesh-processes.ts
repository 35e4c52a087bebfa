import { join } from "node:path";
import type { Address } from "@bellmesh/mesh";
import { grpcAddress } from "@bellmesh/process";
import { EmulationError } from "./emulation-error.ts";
import { HealthCheck } from "./health-check.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import type { ProcessPlan } from "./process-plan.ts";
import { type Phase, SupervisedProcess } from "./supervised-process.ts";

export interface MeshProcessesOptions {
  readonly plans: readonly ProcessPlan[];
  /** Where processes listen and find one another. */
  readonly targets: string;
  /** Of every process alike, beside what says what it is. */
  readonly environment: Readonly<Record<string, string>>;
  readonly natsUrlOf: (place: string) => string;
  readonly logs: string;
  readonly port: number | undefined;
  readonly guard: OrphanGuard;
  readonly onChange: () => void;
}

const LOOK_EVERY_MS = 50;
/** Processes are given so long to stop in order, of the ten seconds that a mesh may take. */
const STOP_LIMIT_MS = 8500;

/** A mesh that was not ready in the time it had: which services are not, and why. */
export class NotReadyError extends Error {
  override readonly name = "NotReadyError";
}

/** All processes of a mesh. */
export class MeshProcesses {
  readonly all: readonly SupervisedProcess[];
  readonly #options: MeshProcessesOptions;
  readonly #checks = new Map<SupervisedProcess, HealthCheck>();

  constructor(options: MeshProcessesOptions) {
    this.#options = options;
    const doors = options.plans.filter(({ isDoor }) => isDoor);
    this.all = options.plans.map((plan) => {
      const port = plan.isDoor && options.port !== undefined ? options.port + doors.indexOf(plan) : 0;
      const process = new SupervisedProcess({
        plan,
        environment: (formerPorts) => this.#environment(plan, formerPorts[0] ?? port),
        logFile: join(options.logs, `${plan.name}.log`),
        guard: options.guard,
        onChange: options.onChange,
      });
      this.#checks.set(process, new HealthCheck(grpcAddress(options.targets, plan.addresses[0] as Address)));
      return process;
    });
  }

  start(): void {
    for (const process of this.all) process.start();
  }

  /** @throws RangeError when the mesh has no such service. */
  of(address: Address): SupervisedProcess {
    const process = this.all.find(({ plan }) => plan.addresses.includes(address));
    if (!process) throw new RangeError(`the mesh has no ${address}`);
    return process;
  }

  /** Why a process is not ready; empty when it is. */
  async doubt(process: SupervisedProcess): Promise<string> {
    if (process.phase !== "serving") return phaseText(process);
    return (await this.#checks.get(process)?.ask()) ?? "";
  }

  /**
   * Waits until every service is ready.
   * @throws NotReadyError when that takes too long, EmulationError when a process cannot begin at all: which and why.
   */
  async whenReady(limitMs: number): Promise<void> {
    const untilMs = performance.now() + limitMs;
    let waiting = this.all;
    for (;;) {
      const doubts = await Promise.all(waiting.map((process) => this.doubt(process)));
      const refused = waiting.find(({ phase }) => phase === "refused");
      if (refused) throw cannotBegin(refused);
      const named = waiting.map(({ plan }, i) => `${plan.name}: ${doubts[i]}`);
      waiting = waiting.filter((_, i) => doubts[i] !== "");
      if (waiting.length === 0) {
        // Whoever was ready first may not be any more.
        const again = await Promise.all(this.all.map((process) => this.doubt(process)));
        if (again.every((doubt) => doubt === "")) return;
        waiting = this.all;
      }
      if (performance.now() > untilMs) {
        const amiss = named.filter((_, i) => doubts[i] !== "").join("; ");
        throw new EmulationError(
          `not ready within ${limitMs / 1000} s: ${amiss}`,
          `see the logs in ${this.#options.logs}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((process) => process.stop(STOP_LIMIT_MS)));
    for (const check of this.#checks.values()) check.close();
  }

  #environment(plan: ProcessPlan, port: number): Readonly<Record<string, string>> {
    const { targets, environment, natsUrlOf } = this.#options;
    return {
      ...environment,
      BELLMESH_SERVICE: plan.service,
      BELLMESH_NODE: plan.place,
      BELLMESH_LISTEN: plan.isDoor ? `${targets},127.0.0.1:${port}` : targets,
      BELLMESH_TARGETS: targets,
      NATS_URL: natsUrlOf(plan.place),
    };
  }
}

function phaseText(process: SupervisedProcess): string {
  const ended = process.exitReason === undefined ? "" : ` (${process.exitReason})`;
  const texts: Readonly<Record<Phase, string>> = {
    starting: "it is starting",
    serving: "",
    waiting: `it ended${ended} and is started again soon`,
    paused: "it is paused",
    refused: `it could not begin${ended}`,
    stopped: "it has stopped",
  };
  return texts[process.phase];
}

/** A process that ends before it serves has said why in its last line. */
function cannotBegin(process: SupervisedProcess): EmulationError {
  const line = process.lastLines(20).find((candidate) => candidate.startsWith("bellmesh: "));
  const [problem = "it said nothing", ...expected] = (line ?? "").replace(/^bellmesh: /, "").split("; ");
  return new EmulationError(`${process.plan.name} cannot begin: ${problem}`, expected.join("; ") || "see its log");
}
