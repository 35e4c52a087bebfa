import { linksOf, type Topology } from "@bellmesh/topology";
import { ClockState, type ClockStatus, WatchStatusRequest, WatchStatusResponse } from "@bellmesh/wire/clock-sync";
import { type Client, type ClientReadableStream, Metadata, type ServiceError } from "@grpc/grpc-js";

const WATCH_STATUS = "/bellmesh.clock_sync.v1.ClockSyncService/WatchStatus";
const RETRY_MS = 500;

export interface ClockTrustOptions {
  readonly node: string;
  /** The connection to the node's clock-sync; it stays the caller's. */
  readonly client: Client;
  /** A clock less certain than this is not trusted. */
  readonly uncertaintyMaxPs: number;
  /** How things stand: at once, and at every change. */
  readonly say: (ok: boolean, reason: string) => void;
}

/** Half of the narrowest detection window of a node's links: photons sent by a worse clock may miss it. */
export function uncertaintyMaxPs(topology: Topology, node: string): number {
  return Math.min(...linksOf(topology, node).map(({ heralding }) => heralding.detectionWindowNs * 500));
}

/**
 * Whether the clock of a node can be trusted, as the node's clock-sync tells it. A process whose clock cannot be is
 * not ready: it would promise pairs that its links will not make.
 */
export class ClockTrust {
  readonly #options: ClockTrustOptions;
  #stream: ClientReadableStream<WatchStatusResponse> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #said: string | undefined;
  #closed = false;

  constructor(options: ClockTrustOptions) {
    this.#options = options;
    this.#say(`clock-sync of ${options.node} has not told how its clock is`);
    this.#watch();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stream?.cancel();
  }

  #watch(): void {
    const { node, client } = this.#options;
    const metadata = new Metadata();
    metadata.set("bellmesh-node", node);
    metadata.set("bellmesh-service", "clock-trust");
    metadata.set("bellmesh-to", `clock-sync/${node}`);
    const stream = client.makeServerStreamRequest(
      WATCH_STATUS,
      (request: WatchStatusRequest) => Buffer.from(WatchStatusRequest.encode(request).finish()),
      (bytes: Buffer) => WatchStatusResponse.decode(bytes),
      {},
      metadata,
    );
    this.#stream = stream;
    stream.on("data", ({ status }: WatchStatusResponse) => this.#say(this.#doubt(status)));
    // Every end of a call has a status, an orderly one too; what the error says is in it.
    stream.on("error", () => undefined);
    stream.on("status", ({ details }: Pick<ServiceError, "details">) => this.#away(details));
  }

  #away(details: string): void {
    if (this.#closed) return;
    this.#say(`clock-sync of ${this.#options.node} is away: ${details || "it ended the watch"}`);
    this.#retry = setTimeout(() => this.#watch(), RETRY_MS);
    this.#retry.unref();
  }

  /** What speaks against a clock in this state; nothing when it can be trusted. */
  #doubt(status: ClockStatus | undefined): string {
    const { node, uncertaintyMaxPs: most } = this.#options;
    const { state, uncertaintyPs } = status ?? { state: ClockState.UNSPECIFIED, uncertaintyPs: 0 };
    if (state === ClockState.GRANDMASTER) return "";
    if (state !== ClockState.LOCKED && state !== ClockState.HOLDOVER) return `the clock of ${node} is not locked`;
    if (uncertaintyPs <= most) return "";
    const held = state === ClockState.HOLDOVER ? ", in holdover," : "";
    // Without the figure of the moment, which changes with every report.
    return `the clock of ${node}${held} may be more than ${most / 1000} ns off`;
  }

  #say(doubt: string): void {
    if (doubt === this.#said || this.#closed) return;
    this.#said = doubt;
    this.#options.say(doubt === "", doubt);
  }
}
