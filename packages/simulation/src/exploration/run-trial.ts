import { bellIndices } from "@bellmesh/bell";
import { type AnyService, kindOf } from "@bellmesh/mesh";
import type { StepObserver, VirtualWorld } from "@bellmesh/mesh/virtual";
import { type Ask, RequesterTable, service as requester } from "@bellmesh/requester";
import type { Topology } from "@bellmesh/topology";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { Books } from "../books.ts";
import { LEDGER_SCHEMA_VERSION } from "../ledger.ts";
import type { Verdict } from "../referees/index.ts";
import { simulatedMesh } from "../simulated-mesh.ts";
import { staysWithin } from "./core-path.ts";
import { plannedTopology } from "./planned-topology.ts";
import type { TrialProperty } from "./property-names.ts";
import { RareStates } from "./rare-states/rare-states.ts";
import type { PlannedRequest, Trial } from "./trial.ts";
import type { Said, TrialReport, TrialViolation } from "./trial-report.ts";

/** What is pending when the core is calm has ended after this long: its time limit, and what the layers wait for. */
const PENDING_BOUND_NS = 25e9;
/**
 * A fresh request in a calm core is served within this. A grandmaster that was a false one falls silent first: it is
 * missed after three announce intervals, another is agreed on in two more, 11 s in all; then clocks are steered to that
 * one, which with stamps of 50 ns takes four exchanges until they are trusted again.
 */
const FRESH_BOUND_NS = 20e9;
/** When nothing is asked any more, every half has come to its end within this: the longest lease. */
const SETTLING_BOUND_NS = 20e9;
const STEP_NS = 1e9;

const missPolicies = { discard: MissPolicy.DISCARD, age: MissPolicy.AGE, degrade: MissPolicy.DEGRADE };

/** Options of tests of the exploration itself. */
export interface TrialOptions {
  /** A rule that seeds divisible by 100 break, to see that they are found and no others. */
  readonly canary?: boolean;
  /** What streams and the bus carry is handed over and not encoded: the same report. */
  readonly handsOver?: boolean;
  /** Told of every step before what it asks for is done. */
  readonly onStep?: StepObserver;
}

/**
 * Runs a trial. While faults act, whatever the referees reject is a violation. From `calmAtNs` on the core is without
 * faults: what is pending there must end (`pending-request-ends`), and a fresh request must be served
 * (`fresh-request-is-served`). At last nothing is wrong anywhere; every request must end, and the referees are asked
 * what they say now that nothing is under way; what was told to be complete must be there (`complete-is-delivered`),
 * and be confirmed where no process and no stream broke (`complete-is-confirmed`). A step that throws breaks
 * `no-step-throws`; a referee or a watcher that throws breaks `referee-throws`, for then nobody knows.
 */
export function runTrial(trial: Trial, options: TrialOptions = {}): TrialReport {
  return new TrialRun(trial, options).report();
}

interface Pending {
  readonly request: PlannedRequest;
  readonly table: RequesterTable;
}

/** The budget is used up, or something was broken that ends the run. */
class RunEnded extends Error {}

/** Who judges or watches the run has thrown, which says nothing of the stack. */
class RefereeThrew extends Error {}

class TrialRun {
  readonly #trial: Trial;
  readonly #topology: Topology;
  readonly #books: Books;
  readonly #rareStates: RareStates;
  readonly #world: VirtualWorld;
  readonly #pending: Pending[] = [];
  readonly #violations: TrialViolation[] = [];
  #events = 0;
  #endedBy: TrialReport["endedBy"] = "settled";

  constructor(trial: Trial, { canary = false, handsOver = false, onStep }: TrialOptions) {
    const { seed, faults, startsBefore } = trial;
    this.#trial = trial;
    this.#topology = plannedTopology(trial);
    const header = { schemaVersion: LEDGER_SCHEMA_VERSION, network: this.#topology.name, seed, world: "simulation" };
    this.#books = new Books({ header, topology: this.#topology });
    this.#rareStates = new RareStates(this.#topology, faults);
    this.#world = simulatedMesh({
      topology: this.#topology,
      seed,
      faults,
      startsBefore,
      handsOver,
      onRecord: (event) =>
        this.#watched(() => {
          this.#books.enter(event);
          this.#rareStates.record(event);
        }),
      onStep: (address, now, input, effects) => {
        onStep?.(address, now, input, effects);
        this.#watched(() => this.#rareStates.step(address, now, this.#world.now, input, effects));
      },
    });
    if (canary && seed % CANARY_EVERY === 0) this.#violate("canary", "seeds divisible by 100 are to fail");
  }

  report(): TrialReport {
    const { seed, faults } = this.#trial;
    try {
      this.#run();
    } catch (error) {
      if (!(error instanceof RunEnded)) {
        this.#endedBy = "violation";
        const message = error instanceof Error ? error.message : String(error);
        this.#violate(error instanceof RefereeThrew ? "referee-throws" : "no-step-throws", message);
      }
    }
    const verdicts = this.#judge();
    this.#books.close();
    const tables = this.#pending.map(({ table }) => table);
    return {
      seed,
      endedBy: this.#endedBy,
      virtualNs: this.#world.now,
      events: this.#events,
      sha256: this.#books.ledger.sha256(),
      ledgerEvents: this.#books.ledger.events,
      delivered: tables.reduce((sum, { delivered }) => sum + delivered, 0),
      ended: counted(tables.map(({ ended }) => ended ?? "unfinished")),
      faultsByKind: counted(faults.filter(({ atNs }) => atNs <= this.#world.now).map(({ kind }) => kind)),
      rareStates: this.#rareStates.reached(),
      verdicts,
      violations: this.#violations,
    };
  }

  #run(): void {
    const { requests, calmAtNs, core, fresh, healedAtNs } = this.#trial;
    this.#world.start();
    for (const request of requests.toSorted((a, b) => a.atNs - b.atNs)) {
      this.#until(request.atNs);
      this.#ask(request);
    }
    this.#until(calmAtNs);
    this.#allEnd(this.#pending.filter(({ request }) => staysWithin(core, this.#topology, request)));
    const freshBoundNs = this.#world.now + FRESH_BOUND_NS;
    const { table } = this.#ask(fresh);
    this.#until(freshBoundNs, () => table.done);
    if (table.delivered < fresh.pairs) {
      const came = `${table.delivered} of ${fresh.pairs} pairs from ${fresh.from} to ${fresh.to}`;
      this.#fail("fresh-request-is-served", `${came} within ${FRESH_BOUND_NS / 1e9} s of calm: ${table.ended ?? ""}`);
    }
    this.#until(Math.max(healedAtNs, this.#world.now));
    this.#allEnd(this.#pending);
    const boundNs = this.#world.now + SETTLING_BOUND_NS;
    do {
      this.#until(this.#world.now + STEP_NS);
      // What is left over, and how much was said, is known by censuses alone; a lease may have a second or two to go.
      this.#world.takeCensus();
    } while (this.#watched(() => this.#books.isOpen()) && this.#world.now < boundNs);
    this.#compareCompleted();
  }

  #ask(request: PlannedRequest): Pending {
    const table = new RequesterTable();
    const named: AnyService = { ...requester, name: `requester-${this.#pending.length + 1}` };
    this.#world.add(named, { place: request.from, config: { ask: askOf(request), table } });
    const pending = { request, table };
    this.#pending.push(pending);
    return pending;
  }

  /** Lets these requests end, which they must within a bound. */
  #allEnd(pending: readonly Pending[]): void {
    const boundNs = this.#world.now + PENDING_BOUND_NS;
    this.#until(boundNs, () => pending.every(({ table }) => table.done));
    const open = pending.find(({ table }) => !table.done);
    if (!open) return;
    const { from, to, pairs } = open.request;
    const had = `${open.table.delivered} of ${pairs} pairs from ${from} to ${to}`;
    this.#fail("pending-request-ends", `${had}, and no end within ${PENDING_BOUND_NS / 1e9} s of calm`);
  }

  /**
   * What was told to be complete, and confirmed, has its pairs at both ends for good. A process that goes down may take
   * deliveries with it, or what was known of them. And it is confirmed: the word comes on streams, which lose nothing
   * unless they break.
   */
  #compareCompleted(): void {
    if (this.#trial.faults.some((entry) => kindOf(entry).family === "process")) return;
    const breaksStreams = this.#trial.faults.some(({ kind }) => kind === "partition" || kind === "control-cut");
    for (const { request, table } of this.#pending) {
      const { ended, message, delivered } = table;
      if (ended !== "complete") continue;
      const { from, to, pairs } = request;
      const ends = `${from} and ${to} were told that ${pairs} pairs are complete`;
      if (message === "" && delivered !== pairs)
        this.#violate("complete-is-delivered", `${ends}, and have ${delivered}`);
      if (message !== "" && !breaksStreams) this.#violate("complete-is-confirmed", `${ends}: ${message}`);
    }
  }

  /** @throws RunEnded when the budget comes to its end before. */
  #until(untilNs: number, until?: () => boolean): void {
    const { budget } = this.#trial;
    const result = this.#world.run({
      untilNs: Math.min(untilNs, budget.virtualNs),
      maxEvents: budget.events - this.#events,
      ...(until && { until }),
    });
    this.#events += result.events;
    if (result.reason === "events") this.#endedBy = "events";
    else if (result.reason === "time" && untilNs > budget.virtualNs) this.#endedBy = "virtual-time";
    else return;
    throw new RunEnded();
  }

  /** @returns what each referee said */
  #judge(): Record<string, Said> {
    const said: Record<string, Said> = {};
    for (const { name, verdict, violations, idle, threw } of this.#verdicts()) {
      said[name] = idle ? "idle" : verdict;
      if (threw !== undefined) this.#violate("referee-throws", `${name}: ${threw}`);
      if (verdict !== "false") continue;
      const [first] = violations.toSorted((a, b) => a.atNs - b.atNs);
      this.#violations.push({
        property: name,
        atNs: first?.atNs ?? this.#world.now,
        message: `${first?.pair ? `${first.pair} ` : ""}${first?.message ?? ""}`,
      });
    }
    return said;
  }

  /** None when a referee throws at what it has yet to read. */
  #verdicts(): readonly Verdict[] {
    try {
      return this.#watched(() => this.#books.verdicts(this.#endedBy === "settled"));
    } catch (error) {
      if (!(error instanceof RefereeThrew)) throw error;
      this.#violate("referee-throws", error.message);
      return [];
    }
  }

  /** @throws RefereeThrew for whatever those throw who judge and watch */
  #watched<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      // They have not seen all of the ledger then, and may only say what no other event could mend.
      this.#books.isTorn = true;
      throw new RefereeThrew(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  #fail(property: TrialProperty, message: string): never {
    this.#violate(property, message);
    this.#endedBy = "violation";
    throw new RunEnded();
  }

  #violate(property: TrialProperty, message: string): void {
    this.#violations.push({ property, atNs: this.#world.now, message });
  }
}

const CANARY_EVERY = 100;

function askOf(request: PlannedRequest): Ask {
  const { from, to, pairs, maxTimeNs, minFidelity, missPolicy, graceNs, finalState, priority } = request;
  return {
    from,
    to,
    pairs,
    maxTimeNs,
    minFidelity: minFidelity ?? undefined,
    missPolicy: missPolicies[missPolicy],
    graceNs,
    priority,
    finalState: finalState === null ? undefined : bellIndices[finalState],
  };
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
