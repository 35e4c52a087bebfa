import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { Complete, Forward } from "@bellmesh/wire/network-layer";
import { EndReason } from "@bellmesh/wire/node-controller";
import type { InstalledCircuit } from "./installed-circuit.ts";
import type { Neighbours } from "./neighbours.ts";
import type { HeadRequest, RequestTerms } from "./request.ts";
import type { Surroundings } from "./virtual-circuit.ts";

/** FORWARD and COMPLETE: which requests are active on a circuit, told from head-end to tail-end. */
export class RequestSignalling {
  readonly #neighbours: Neighbours;
  readonly #surroundings: Surroundings;

  constructor(neighbours: Neighbours, surroundings: Surroundings) {
    this.#neighbours = neighbours;
    this.#surroundings = surroundings;
  }

  /** At the head-end: the request starts on the circuit, unless it has. */
  start(now: Instant, effects: Effect[], installed: InstalledCircuit, request: HeadRequest): void {
    if (installed.active.has(request.requestId)) return;
    const terms = termsOf(request);
    installed.end?.register(now, effects, terms, request);
    this.#activate(now, effects, installed, request.requestId);
    const forward = { circuit: installed.circuit.id, ...terms };
    this.#neighbours.down(effects, installed.circuit, { $case: "forward", forward });
  }

  /** FORWARD from upstream. */
  forwarded(now: Instant, effects: Effect[], installed: InstalledCircuit, forward: Forward): void {
    if (installed.state !== "installed" || installed.active.has(forward.requestId)) return;
    this.#activate(now, effects, installed, forward.requestId);
    if (installed.end) installed.end.register(now, effects, termsOf(forward));
    else this.#neighbours.down(effects, installed.circuit, { $case: "forward", forward });
  }

  /** At the head-end: the request leaves the circuit. */
  complete(now: Instant, effects: Effect[], installed: InstalledCircuit, requestId: string): void {
    if (!installed.active.has(requestId)) return;
    this.deactivate(now, effects, installed, requestId);
    const complete = { circuit: installed.circuit.id, requestId, activeRequests: installed.active.size };
    this.#neighbours.down(effects, installed.circuit, { $case: "complete", complete });
  }

  /** COMPLETE from upstream. */
  completed(now: Instant, effects: Effect[], installed: InstalledCircuit, complete: Complete): void {
    const { requestId } = complete;
    if (!installed.active.has(requestId)) return;
    this.deactivate(now, effects, installed, requestId);
    if (installed.end) {
      const endRequest = { requestId, reason: EndReason.COMPLETE, delivered: 0, message: "" };
      this.#surroundings.memory(effects, { $case: "endRequest", endRequest });
    } else {
      this.#neighbours.down(effects, installed.circuit, { $case: "complete", complete });
    }
  }

  /** The request is not served here any more; with the last one generation stops and waiting halves go. */
  deactivate(now: Instant, effects: Effect[], installed: InstalledCircuit, requestId: string): void {
    installed.active.delete(requestId);
    installed.end?.deregister(requestId);
    if (installed.active.size > 0) return;
    installed.generation?.want(now, effects, false);
    installed.swapPoint?.clear(now, effects);
  }

  #activate(now: Instant, effects: Effect[], installed: InstalledCircuit, requestId: string): void {
    installed.active.add(requestId);
    installed.generation?.want(now, effects, true);
  }
}

function termsOf(from: RequestTerms | Forward): RequestTerms {
  const { requestId, headEnd, tailEnd, pairs, minFidelity, missPolicy, graceNs, finalState, hold } = from;
  return { requestId, headEnd, tailEnd, pairs, minFidelity, missPolicy, graceNs, finalState, hold };
}
