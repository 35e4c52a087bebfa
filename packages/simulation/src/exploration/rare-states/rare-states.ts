import type { Address, Effect, Input } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { Topology } from "@bellmesh/topology";
import { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { ArmedEnds } from "./armed-ends.ts";
import { CircuitLives } from "./circuit-lives.ts";
import { CutoffMeetsSwap } from "./cutoff-meets-swap.ts";
import { ExpiryRaces } from "./expiry-races.ts";
import { ParkedTracks } from "./parked-tracks.ts";
import { noneReached } from "./rare-state-names.ts";
import { RepeatedMessages } from "./repeated-messages.ts";
import { SwapsUnderLoss } from "./swaps-under-loss.ts";
import { TracksInFlight } from "./tracks-in-flight.ts";
import { UnheardRequests } from "./unheard-requests.ts";
import type { OnBus, Step, Watcher } from "./watcher.ts";

/** States that a run seldom reaches and that protocols are seldom right in: how often this run reached each. */
export class RareStates {
  readonly #watchers: readonly Watcher[];
  readonly #ofBus: readonly Watcher[];
  readonly #ofSteps: readonly Watcher[];
  readonly #ofRecords: readonly Watcher[];
  /** Addresses and subjects taken apart, each once. */
  readonly #addresses = new Map<Address, Pick<Step, "service" | "place">>();
  readonly #subjects = new Map<string, Pick<OnBus<unknown>, "from" | "to" | "kind">>();

  constructor(topology: Topology, faults: readonly FaultEntry[]) {
    this.#watchers = [
      new ArmedEnds(),
      new CircuitLives(),
      new CutoffMeetsSwap(),
      new ExpiryRaces(topology),
      new ParkedTracks(),
      new RepeatedMessages(),
      new SwapsUnderLoss(faults),
      new TracksInFlight(),
      new UnheardRequests(),
    ];
    this.#ofBus = this.#watchers.filter(
      ({ came, published, answered, acknowledged }) => came || published || answered || acknowledged,
    );
    this.#ofSteps = this.#watchers.filter(({ step }) => step);
    this.#ofRecords = this.#watchers.filter(({ record }) => record);
  }

  /** Told of every step, before its effects are carried out. */
  step(address: Address, nowNs: number, atNs: number, input: Input, effects: readonly Effect[]): void {
    const { service, place } = this.#partsOf(address);
    const step = { address, service, place, nowNs, atNs, input, effects };
    for (const watcher of this.#ofSteps) watcher.step?.(step);
    if (input.kind === "message") this.#came(address, atNs, input);
    for (const effect of effects) if (effect.kind === "publish") this.#published(address, atNs, effect);
  }

  record(event: LedgerEvent): void {
    for (const watcher of this.#ofRecords) watcher.record?.(event);
  }

  /** How often each was reached; 0 for those that were not. */
  reached(): Readonly<Record<string, number>> {
    return Object.assign(noneReached(), ...this.#watchers.map(({ reached }) => reached));
  }

  #came(address: Address, atNs: number, { type, subject, message }: Extract<Input, { kind: "message" }>): void {
    if (type === (Feedforward as unknown)) {
      const came = this.#onBus(address, atNs, subject, message as Feedforward);
      for (const watcher of this.#ofBus) watcher.came?.(came);
    } else if (type === (Acknowledgement as unknown)) {
      const came = this.#onBus(address, atNs, subject, message as Acknowledgement);
      for (const watcher of this.#ofBus) watcher.acknowledged?.(came);
    }
  }

  #published(address: Address, atNs: number, { type, subject, message }: Extract<Effect, { kind: "publish" }>): void {
    if (type === (Feedforward as unknown)) {
      const sent = this.#onBus(address, atNs, subject, message as Feedforward);
      for (const watcher of this.#ofBus) watcher.published?.(sent);
    } else if (type === (Acknowledgement as unknown)) {
      const sent = this.#onBus(address, atNs, subject, message as Acknowledgement);
      for (const watcher of this.#ofBus) watcher.answered?.(sent);
    }
  }

  #onBus<Message>(address: Address, atNs: number, subject: string, message: Message): OnBus<Message> {
    let parts = this.#subjects.get(subject);
    if (!parts) {
      // As in `subjects.feedforward`.
      const [, , , , from = "", to = "", kind = ""] = subject.split(".");
      parts = { from, to, kind };
      this.#subjects.set(subject, parts);
    }
    return { address, atNs, from: parts.from, to: parts.to, kind: parts.kind, message };
  }

  #partsOf(address: Address): Pick<Step, "service" | "place"> {
    let parts = this.#addresses.get(address);
    if (!parts) {
      const slash = address.indexOf("/");
      parts = { service: address.slice(0, slash), place: address.slice(slash + 1) };
      this.#addresses.set(address, parts);
    }
    return parts;
  }
}
