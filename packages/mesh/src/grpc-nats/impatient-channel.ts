import * as grpc from "@grpc/grpc-js";

const LOOK_EVERY_MS = 1000;
/** An attempt that was not answered for so many looks is given up. */
const LOOKS_MAX = 3;

/**
 * A channel that does not wait for a connection for ever. grpc-js has no limit of its own: where a peer has come back
 * under another address (a container does), a connection to its former one hangs as long as the system repeats its
 * SYN, two minutes, and everything that was opened meanwhile hangs with it. After three seconds without a connection
 * this one starts afresh, with what the name means then; what was waiting ends with UNAVAILABLE.
 */
export class ImpatientChannel implements grpc.ChannelInterface {
  readonly #target: string;
  readonly #options: grpc.ChannelOptions;
  readonly #look: NodeJS.Timeout;
  #channel: grpc.Channel;
  #looks = 0;

  constructor(target: string, options: grpc.ChannelOptions) {
    this.#target = target;
    // Connections in a pool would outlive their channel, and be found there by the next.
    this.#options = { ...options, "grpc.use_local_subchannel_pool": 1 };
    this.#channel = this.#open();
    this.#look = setInterval(() => this.#lookAtConnection(), LOOK_EVERY_MS);
    this.#look.unref();
  }

  close(): void {
    clearInterval(this.#look);
    this.#channel.close();
  }

  getTarget(): string {
    return this.#channel.getTarget();
  }

  getConnectivityState(tryToConnect: boolean): grpc.connectivityState {
    return this.#channel.getConnectivityState(tryToConnect);
  }

  watchConnectivityState(state: grpc.connectivityState, deadline: grpc.Deadline, told: (error?: Error) => void): void {
    this.#channel.watchConnectivityState(state, deadline, told);
  }

  getChannelzRef(): ReturnType<grpc.ChannelInterface["getChannelzRef"]> {
    return this.#channel.getChannelzRef();
  }

  createCall(
    ...call: Parameters<grpc.ChannelInterface["createCall"]>
  ): ReturnType<grpc.ChannelInterface["createCall"]> {
    return this.#channel.createCall(...call);
  }

  #open(): grpc.Channel {
    return new grpc.Channel(this.#target, grpc.credentials.createInsecure(), this.#options);
  }

  #lookAtConnection(): void {
    const state = this.#channel.getConnectivityState(false);
    const { CONNECTING, TRANSIENT_FAILURE } = grpc.connectivityState;
    this.#looks = state === CONNECTING || state === TRANSIENT_FAILURE ? this.#looks + 1 : 0;
    if (this.#looks < LOOKS_MAX) return;
    this.#looks = 0;
    const former = this.#channel;
    this.#channel = this.#open();
    former.close();
  }
}
