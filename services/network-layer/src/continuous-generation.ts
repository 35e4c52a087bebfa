import { type Call, type Effect, effect } from "@bellmesh/mesh";
import { after, type Instant } from "@bellmesh/wire";
import { type CancelResponse, type CreateResponse, RequestType } from "@bellmesh/wire/link-layer";
import type { LinkLayerConnection } from "./link-layer-connection.ts";
import { linkLayerMethods } from "./methods.ts";

/** The priority of NL, the class of a network layer's requests (Dahlberg et al. 2019), where higher is sooner. */
const NETWORK_LAYER_PRIORITY = 2;
const CALL_DEADLINE_NS = 2_000_000_000;

/** What a circuit asks of a link beside pairs. */
export interface CreateTerms {
  readonly minFidelity: number | undefined;
  /** Absent: that of a network layer. */
  readonly priority?: number | undefined;
}

/**
 * The continuous CREATE a circuit's upstream node keeps on the link below it while any request is active.
 * Starting and stopping may overtake the link layer's answers; what is wanted last wins.
 */
export class ContinuousGeneration {
  readonly link: string;
  readonly #linkLayer: LinkLayerConnection;
  readonly #label: number;
  readonly #terms: CreateTerms;
  #wanted = false;
  #creating: Call<CreateResponse> | undefined;
  #createId: number | undefined;

  constructor(linkLayer: LinkLayerConnection, link: string, label: number, terms: CreateTerms) {
    this.#linkLayer = linkLayer;
    this.link = link;
    this.#label = label;
    this.#terms = terms;
  }

  want(now: Instant, effects: Effect[], wanted: boolean): void {
    this.#wanted = wanted;
    this.#pursue(now, effects);
  }

  /** The link layer has ended the CREATE of this id. @returns whether it was the one of this circuit. */
  ended(createId: number): boolean {
    if (createId !== this.#createId) return false;
    this.#createId = undefined;
    return true;
  }

  /** Whether a CREATE that makes pairs for this circuit was to be cancelled: that call may have been lost. */
  isLeftover(createId: number): boolean {
    return this.#creating === undefined && createId !== this.#createId;
  }

  /** The answer to a CREATE. @returns whether it was one of this circuit's. */
  created(now: Instant, effects: Effect[], call: Call, createId: number): boolean {
    if (call !== this.#creating) return false;
    this.#creating = undefined;
    this.#createId = createId;
    this.#pursue(now, effects);
    return true;
  }

  /** The CREATE was refused or never answered. */
  failed(call: Call): boolean {
    if (call !== this.#creating) return false;
    this.#creating = undefined;
    return true;
  }

  #pursue(now: Instant, effects: Effect[]): void {
    if (this.#creating !== undefined) return;
    const deadline = after(now, CALL_DEADLINE_NS);
    if (this.#wanted && this.#createId === undefined) {
      this.#creating = this.#linkLayer.next<CreateResponse>();
      const { minFidelity, priority = NETWORK_LAYER_PRIORITY } = this.#terms;
      const request = {
        link: this.link,
        purposeId: this.#label,
        pairs: 0,
        minFidelity,
        maxTimeNs: 0,
        type: RequestType.KEEP,
        priority,
      };
      this.#linkLayer.listen(effects);
      effects.push(effect.call(this.#creating, this.#linkLayer.address, linkLayerMethods.create, request, deadline));
    } else if (!this.#wanted && this.#createId !== undefined) {
      const call = this.#linkLayer.next<CancelResponse>();
      const cancelled = { createId: this.#createId };
      effects.push(effect.call(call, this.#linkLayer.address, linkLayerMethods.cancel, cancelled, deadline));
      this.#createId = undefined;
    }
  }
}
