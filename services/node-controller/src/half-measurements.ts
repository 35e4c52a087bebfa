import { type Effect, effect } from "@bellmesh/mesh";
import type { NodeHardware } from "@bellmesh/topology";
import { after, type Instant } from "@bellmesh/wire";
import type { Basis, OperateResponse } from "@bellmesh/wire/quantum-state";
import type { NatureLink } from "./nature-link.ts";

/** Told once of a measurement: the reported bit, or undefined when nature refused it or is out of reach. */
export type MeasurementTold = (now: Instant, effects: Effect[], bit: boolean | undefined) => void;

interface UnderWay {
  readonly at: Instant;
  readonly told: MeasurementTold;
}

const TIMER = "read:";

/** Measurements that applications have ordered of halves they hold, from the order to the end of the readout. */
export class HalfMeasurements {
  readonly #nature: NatureLink;
  readonly #hardware: NodeHardware;
  /** By the number of the operation. */
  readonly #asked = new Map<number, UnderWay>();
  /** By timer. */
  readonly #reading = new Map<string, { readonly bit: boolean; readonly told: MeasurementTold }>();

  constructor(nature: NatureLink, hardware: NodeHardware) {
    this.#nature = nature;
    this.#hardware = hardware;
  }

  begin(at: Instant, effects: Effect[], pair: string, basis: Basis, told: MeasurementTold): void {
    const measurement = { qubit: pair, basis };
    const operationId = this.#nature.operate(at, effects, { $case: "measurement", measurement });
    this.#asked.set(operationId, { at, told });
  }

  /** Nature has answered something. @returns whether it was a measurement of these */
  answered(now: Instant, effects: Effect[], { operationId, outcome }: OperateResponse): boolean {
    const underWay = this.#asked.get(operationId);
    if (!underWay) return false;
    this.#asked.delete(operationId);
    const { at, told } = underWay;
    if (outcome?.$case !== "bit") {
      told(now, effects, undefined);
      return true;
    }
    const readyAt = after(at, this.#hardware.at(at).readout.durationNs);
    if (readyAt <= now) {
      told(now, effects, outcome.bit);
      return true;
    }
    const timer = `${TIMER}${operationId}`;
    this.#reading.set(timer, { bit: outcome.bit, told });
    effects.push(effect.setTimer(timer, readyAt));
    return true;
  }

  /** A timer has come that may be the end of a readout. */
  ready(now: Instant, effects: Effect[], timer: string): void {
    const reading = this.#reading.get(timer);
    if (!reading) return;
    this.#reading.delete(timer);
    reading.told(now, effects, reading.bit);
  }

  /** Nature is out of reach: what it has not answered it may or may not have measured. */
  natureLost(now: Instant, effects: Effect[]): void {
    const lost = [...this.#asked.values()];
    this.#asked.clear();
    for (const { told } of lost) told(now, effects, undefined);
  }
}
