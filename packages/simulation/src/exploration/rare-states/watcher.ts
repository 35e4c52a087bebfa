import type { Address, Effect, Input } from "@bellmesh/mesh";
import type { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { RareStateName } from "./rare-state-names.ts";

/** One step of a machine, at a true instant. */
export interface Step {
  readonly address: Address;
  readonly place: string;
  readonly service: string;
  /** When that is on the clock that the machine goes by. */
  readonly nowNs: number;
  readonly atNs: number;
  readonly input: Input;
  readonly effects: readonly Effect[];
}

/** A feedforward message, or an acknowledgement of some, where it is published or where it comes. */
export interface OnBus<Message> {
  /** Who publishes it, or to whom it comes. */
  readonly address: Address;
  readonly atNs: number;
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly message: Message;
}

/** Looks for rare states in a run, without the run knowing. Only reads: no run is another one for being watched. */
export interface Watcher {
  /** How often each of its states was reached, by name. */
  readonly reached: Readonly<Partial<Record<RareStateName, number>>>;
  step?(step: Step): void;
  published?(message: OnBus<Feedforward>): void;
  came?(message: OnBus<Feedforward>): void;
  /** An acknowledgement is sent. */
  answered?(message: OnBus<Acknowledgement>): void;
  /** An acknowledgement has come. */
  acknowledged?(message: OnBus<Acknowledgement>): void;
  record?(event: LedgerEvent): void;
}
