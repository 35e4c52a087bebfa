import { type Address, type FaultEntry, faultMessage, faultText, kindOf, readFault } from "@bellmesh/mesh";
import { meshTime } from "@bellmesh/process";
import { scopeOf } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { Logger } from "pino";
import { FaultClient, type FaultList } from "./fault-client.ts";
import { loseStore } from "./lost-store.ts";
import type { MeshConnection } from "./mesh-connection.ts";
import type { MeshProcesses } from "./mesh-processes.ts";
import { ProcessFaultTimes } from "./process-fault-times.ts";
import type { SupervisedProcess } from "./supervised-process.ts";

export interface RunFaultsOptions {
  readonly isAllowed: boolean;
  readonly connection: MeshConnection;
  readonly processes: MeshProcesses;
  /** Where the processes keep what must survive a crash. */
  readonly state: string;
  readonly record: (event: LedgerEvent) => void;
  /** For what could not be done. */
  readonly log: Logger;
}

/** What came of an injection: how many processes it concerns, or why there is none. */
export type Injected = { readonly concerned: number; readonly atNs: number } | { readonly refusal: string };

const REFUSAL = "no faults may be injected into this mesh; start it with --allow-faults";

/** The faults of a running mesh: what befalls processes it does itself, of everything else it tells them. */
export class RunFaults {
  readonly #options: RunFaultsOptions;
  readonly #scope: ReturnType<typeof scopeOf>;
  readonly #clients: readonly FaultClient[];
  readonly #own: ProcessFaultTimes;
  #recorded = 0;

  constructor(options: RunFaultsOptions) {
    const { connection, processes } = options;
    const { topology, targetOf, meshStart } = connection;
    this.#options = options;
    this.#scope = scopeOf(topology);
    this.#clients = options.isAllowed
      ? processes.all.map(({ plan }) => {
          const address = plan.addresses[0] as Address;
          return new FaultClient(targetOf(address), address, this.#scope);
        })
      : [];
    this.#own = new ProcessFaultTimes(meshTime(meshStart, topology.timeScale), {
      began: (entry) => this.#begin(entry),
      ended: (entry) => this.#end(entry),
    });
  }

  /**
   * Injects a fault whose instant counts from now.
   * @param data an entry as `readFault` takes it
   * @throws FaultError for what is wrong with it
   */
  async inject(data: unknown): Promise<Injected> {
    if (!this.#options.isAllowed) return { refusal: REFUSAL };
    const read = readFault(data, this.#scope);
    const entry = { ...read, atNs: read.atNs + this.#own.now() };
    if (kindOf(entry).appliedBy === "supervisor") {
      const concerned = this.#of(entry).length;
      this.#own.add(entry);
      return { concerned, atNs: entry.atNs };
    }
    const told = await Promise.all(this.#clients.map((client) => client.inject([entry])));
    return { concerned: told.filter((count) => count === 1).length, atNs: entry.atNs };
  }

  /** Every fault once, however many processes it concerns. */
  async list(): Promise<FaultList | { readonly refusal: string }> {
    if (!this.#options.isAllowed) return { refusal: REFUSAL };
    const lists = [this.#own.list(), ...(await Promise.all(this.#clients.map((client) => client.list())))];
    return {
      acting: once(lists.flatMap(({ acting }) => acting)),
      coming: once(lists.flatMap(({ coming }) => coming)),
    };
  }

  /**
   * Ends what acts and forgets what is still to come.
   * @param data one entry, with the instant that its injection told; all there are where none is given
   * @returns what there was
   * @throws FaultError for what is wrong with the entry
   */
  async clear(data?: unknown): Promise<FaultList | { readonly refusal: string }> {
    const only = data === undefined ? undefined : [readFault(data, this.#scope)];
    const list = await this.list();
    if ("refusal" in list) return list;
    this.#own.clear(only);
    await Promise.all(this.#clients.map((client) => client.clear(only)));
    if (!only) return list;
    const isMeant = (one: object) => only.some((entry) => JSON.stringify(one) === faultText(entry));
    return { acting: list.acting.filter(isMeant), coming: list.coming.filter(isMeant) };
  }

  close(): void {
    this.#own.close();
    for (const client of this.#clients) client.close();
  }

  #begin(entry: FaultEntry): void {
    if (entry.kind === "restart") this.#endHolds(entry);
    this.#record({ $case: "faultBegan", faultBegan: { fault: faultMessage(entry) } });
    for (const process of this.#of(entry)) {
      if (entry.kind === "pause") process.signal("SIGSTOP");
      else if (entry.kind === "restart") process.start();
      else if (isInStep(entry)) process.crashInStep(entry, addressesOf(process, entry));
      else void this.#takeDown(process, entry);
    }
  }

  #end(entry: FaultEntry): void {
    this.#record({ $case: "faultEnded", faultEnded: { fault: faultMessage(entry) } });
    for (const process of this.#of(entry)) {
      if (entry.kind === "pause") process.signal("SIGCONT");
      else if (isInStep(entry)) process.spare(entry);
      else process.start();
    }
  }

  /** What would hold processes down for ever is over when all of them start again. */
  #endHolds(restart: FaultEntry): void {
    const started = new Set(this.#of(restart));
    this.#own.endActing((entry) => {
      const isHold =
        (entry.kind === "crash" || entry.kind === "store-loss") && entry.forNs === Number.POSITIVE_INFINITY;
      // A crash within a step that has yet to come holds nothing down.
      const isOver = (process: SupervisedProcess) =>
        started.has(process) && !(isInStep(entry) && process.pid !== undefined);
      return isHold && this.#of(entry).every(isOver);
    });
  }

  /** What the services had stored may be lost with it. */
  async #takeDown(process: SupervisedProcess, entry: FaultEntry): Promise<void> {
    await process.takeDown();
    if (entry.kind !== "store-loss") return;
    try {
      loseStore(this.#options.state, process.plan.addresses);
    } catch (error) {
      const { message } = error as Error;
      const what =
        "a store-loss could not be carried out: the process is down, and what it has stored is not all deleted";
      this.#options.log.error({ process: process.plan.name }, `${what}: ${message}`);
    }
  }

  #of(entry: FaultEntry): readonly SupervisedProcess[] {
    return this.#options.processes.all.filter((process) => addressesOf(process, entry).length > 0);
  }

  #record(event: NonNullable<LedgerEvent["event"]>): void {
    const { connection, record } = this.#options;
    this.#recorded += 1;
    const writer = `faults/${connection.topology.name}`;
    record({ writer, incarnation: 1, sequence: this.#recorded, at: this.#own.now(), uncertaintyNs: 0, event });
  }
}

function isInStep(entry: FaultEntry): boolean {
  return entry.kind === "crash" && entry.args.inStep === true;
}

/** The services of a process that a fault means. */
function addressesOf({ plan }: SupervisedProcess, { target }: FaultEntry): readonly Address[] {
  const wanted = "process" in target ? target.process : "";
  return plan.addresses.filter((address) => address === wanted || address.endsWith(`/${wanted}`));
}

function once(entries: readonly object[]): readonly object[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}
