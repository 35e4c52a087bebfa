import { type Call, type Effect, effect, methodsOf, Routes, type Service } from "@bellmesh/mesh";
import { after, type Instant } from "@bellmesh/wire";
import { type CalibrateRequest, QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";

/** A calibration of a run: when it is made, in virtual time, and what is asked then. */
export interface Calibrating {
  readonly atNs: number;
  readonly request: CalibrateRequest;
}

const { calibrate } = methodsOf(QuantumStateServiceDefinition);
const TIMER = "calibrate:";
const DEADLINE_NS = 1_000_000_000;

/** What `bellmesh hardware calibrate` does in a mesh: asks nature, once for each. What is refused changes nothing. */
class Calibrator {
  readonly #due: readonly Calibrating[];

  constructor(due: readonly Calibrating[]) {
    this.#due = due;
  }

  started(): Effect[] {
    return this.#due.map(({ atNs }, number) => effect.setTimer(`${TIMER}${number}`, atNs as Instant));
  }

  timer(now: Instant, timer: string): Effect[] {
    const number = Number(timer.slice(TIMER.length));
    const request = this.#due[number]?.request;
    if (!request) return [];
    const call = (number + 1) as Call<never>;
    return [effect.call(call, "quantum-state/nature", calibrate, request, after(now, DEADLINE_NS))];
  }
}

const routes = new Routes<Calibrator>()
  .on("started", (machine) => machine.started())
  .reply(
    calibrate,
    () => [],
    () => [],
  )
  .timer((machine, now, { timer }) => machine.timer(now, timer));

/** An application at a node that has measured its hardware, and says so at given instants. */
export const calibrator: Service<{ readonly due: readonly Calibrating[] }> = {
  name: "calibrator",
  timeBase: "true",
  serves: [],
  subscriptions: () => [],
  start: ({ config }) => routes.machine(new Calibrator(config.due)),
};
