import { connect, createServer, type Server, type Socket } from "node:net";
import { NatsBus } from "@bellmesh/mesh/grpc-nats";
import { VirtualWorld } from "@bellmesh/mesh/virtual";
import { pino } from "pino";
import { CLIENTS } from "./program.ts";
import type { BusUnderTest } from "./run-program.ts";

/** The bus of the simulation, with its clients at different places. */
export function virtualBus(): BusUnderTest {
  const world = new VirtualWorld({
    seed: 1,
    network: "test",
    delayNs: () => 1000,
    clockOf: () => undefined,
    onRecord: () => undefined,
  });
  const clients = Array.from({ length: CLIENTS }, (_, index) => world.bus.connect(`place-${index}`));
  world.start();
  const settle = async () => {
    world.run();
  };
  return { clients, settle, inForce: settle, reconnect: settle };
}

/** Clients of a NATS, each behind a wire that can be cut. */
export class NatsClients implements BusUnderTest {
  readonly clients: NatsBus[] = [];
  readonly #wires: Wire[] = [];

  static async at(url: string): Promise<NatsClients> {
    const clients = new NatsClients();
    for (let client = 0; client < CLIENTS; client++) await clients.#add(new URL(url));
    return clients;
  }

  async settle(withAnswers: boolean): Promise<void> {
    // The server has what everybody published; then everybody has what the server sent. Answers need the same again.
    const rounds = withAnswers ? 4 : 2;
    for (let round = 0; round < rounds; round++) await Promise.all(this.clients.map((client) => client.flush()));
  }

  async inForce(client: number): Promise<void> {
    await this.clients[client]?.flush();
  }

  async reconnect(client: number): Promise<void> {
    const bus = this.clients[client] as NatsBus;
    this.#wires[client]?.cut();
    while (bus.up) await new Promise((resolve) => setTimeout(resolve, 2));
    while (!bus.up) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    for (const wire of this.#wires) wire.close();
  }

  async #add(url: URL): Promise<void> {
    const wire = await Wire.to(Number(url.port));
    this.#wires.push(wire);
    const through = new URL(url);
    through.port = String(wire.port);
    await new Promise<void>((resolve) => {
      const onDown = () => undefined;
      const log = pino({ level: "silent" });
      this.clients.push(NatsBus.open({ url: through.href, name: "client", log, onUp: resolve, onDown }));
    });
  }
}

/** A wire to a port of this machine. */
class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        socket.setNoDelay(true);
        this.#sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  static to(port: number): Promise<Wire> {
    const wire = new Wire(port);
    return new Promise((resolve) => wire.#server.listen(0, "127.0.0.1", () => resolve(wire)));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}
