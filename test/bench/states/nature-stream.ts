import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Basis, OperateRequest } from "@bellmesh/wire/quantum-state";
import { Client, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import type { StateFigure } from "./figure.ts";

const PATH = "/bellmesh.quantum_state.v1.QuantumStateService/Operate";
/** Groups of operations that may be under way: a stream that is kept full, as a node with many qubits keeps it. */
const GROUPS_UNDER_WAY = 128;
const START_LIMIT_MS = 30_000;

/** Local operations on fresh qubits over one open stream, by the CPU time of the process that serves them. */
export async function natureStream(groups: number): Promise<StateFigure> {
  const ours = await perSecond("nature", groups);
  const bare = await perSecond("echo", groups);
  return {
    name: "quantum-state, one stream, one core",
    value: ours / 1000,
    unit: "k/s",
    goal: 20,
    floor: bare / 1000,
    floorOf: "bare gRPC stream, as many messages",
  };
}

async function perSecond(role: "nature" | "echo", groups: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "bellmesh-bench-states-"));
  const server = fork(fileURLToPath(new URL("nature-server.ts", import.meta.url)), [role, directory]);
  const client = new Client(`unix:${join(directory, `${role}.sock`)}`, credentials.createInsecure());
  try {
    await once(server, "message", { signal: AbortSignal.timeout(START_LIMIT_MS) });
    const stream = new Operations(client);
    await stream.run(Math.ceil(groups / 4));
    const before = await cpuMs(server);
    await stream.run(groups);
    const spentMs = (await cpuMs(server)) - before;
    stream.end();
    return (3000 * groups) / spentMs;
  } finally {
    client.close();
    server.send("end");
    await once(server, "exit");
    rmSync(directory, { recursive: true, force: true });
  }
}

async function cpuMs(server: ChildProcess): Promise<number> {
  const answer = once(server, "message");
  server.send("cpu");
  return (await answer)[0] as number;
}

/** A node that makes qubits, turns them and measures them, three operations to an answer. */
class Operations {
  readonly #stream: ClientDuplexStream<OperateRequest, Buffer>;
  #operationId = 0;
  #answered = 0;
  #sent = 0;
  #wanted = 0;
  #done: () => void = () => undefined;

  constructor(client: Client) {
    const metadata = new Metadata();
    metadata.set("bellmesh-node", "n0");
    metadata.set("bellmesh-service", "node-controller");
    const encode = (request: OperateRequest) => Buffer.from(OperateRequest.encode(request).finish());
    this.#stream = client.makeBidiStreamRequest(PATH, encode, (bytes: Buffer) => bytes, metadata);
    this.#stream.on("data", () => this.#heard());
    this.#stream.on("error", () => undefined);
    this.#send({ $case: "attach", attach: { incarnation: 1 } });
  }

  run(groups: number): Promise<void> {
    this.#sent = 0;
    this.#answered = 0;
    this.#wanted = groups;
    return new Promise((resolve) => {
      this.#done = resolve;
      for (let group = 0; group < Math.min(groups, GROUPS_UNDER_WAY); group += 1) this.#group();
    });
  }

  end(): void {
    this.#stream.end();
  }

  #group(): void {
    this.#sent += 1;
    const qubit = `q${this.#operationId}`;
    this.#send({ $case: "initialise", initialise: { qubit } });
    this.#send({ $case: "gate", gate: { qubit, axis: Basis.Y, angle: 1 } });
    this.#send({ $case: "measurement", measurement: { qubit, basis: Basis.X } });
  }

  #send(operation: NonNullable<OperateRequest["operation"]>): void {
    this.#operationId += 1;
    this.#stream.write({ operationId: this.#operationId, at: 1000 * this.#operationId, operation });
  }

  #heard(): void {
    this.#answered += 1;
    if (this.#sent < this.#wanted) this.#group();
    else if (this.#answered >= this.#wanted) this.#done();
  }
}
