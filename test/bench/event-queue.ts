import { effect, type Machine, methodsOf, Routes, type Service, type Stream } from "@bellmesh/mesh";
import { EventQueue, VirtualWorld } from "@bellmesh/mesh/virtual";
import { SeededEntropy } from "@bellmesh/numerics";
import { type Instant, subjects } from "@bellmesh/wire";
import { Feedforward } from "@bellmesh/wire/feedforward";
import { type OperateRequest, type OperateResponse, QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";

/** One figure of the virtual host beside the least the same work could cost. */
export interface EventQueueFigure {
  readonly name: string;
  /** Events or inputs per second. */
  readonly perSecond: number;
  /** The same without the part measured: an empty loop over the same heap. */
  readonly floorPerSecond: number;
}

const DELAY_NS = 50_000;

/** Measures the bare event queue, then two services that answer each other over a stream and over the bus. */
export function benchEventQueue(events = 2_000_000): readonly EventQueueFigure[] {
  const floor = heapFloor(events);
  return [
    { name: "event queue, 1000 pending", perSecond: queueRate(events, 1000), floorPerSecond: floor },
    { name: "event queue, same instant", perSecond: instantRate(events), floorPerSecond: floor },
    { name: "inputs over a stream", perSecond: worldRate(events / 4, streamWorld()), floorPerSecond: floor },
    { name: "inputs over the bus", perSecond: worldRate(events / 4, busWorld()), floorPerSecond: floor },
  ];
}

/** A binary heap of numbers and nothing else, one in and one out, with 1000 inside. */
function heapFloor(rounds: number): number {
  const delays = delaysNs();
  const heap = new Float64Array(1001);
  const count = 1000;
  for (let index = 0; index < count; index++) heap[index] = index;
  return rate(rounds, () => {
    for (let round = 0; round < rounds; round++) {
      const key = (heap[0] as number) + (delays[round & 1023] as number);
      let place = 0;
      for (let child = 1; child < count; child = 2 * place + 1) {
        if (child + 1 < count && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
        if ((heap[child] as number) >= key) break;
        heap[place] = heap[child] as number;
        place = child;
      }
      heap[place] = key;
    }
  });
}

function queueRate(rounds: number, pending: number): number {
  const delays = delaysNs();
  const queue = new EventQueue<object>();
  const event = {};
  for (let index = 0; index < pending; index++) queue.push(index, event);
  return rate(rounds, () => {
    for (let round = 0; round < rounds; round++) {
      const taken = queue.pop() as object;
      queue.push(queue.now + (delays[round & 1023] as number), taken);
    }
  });
}

function instantRate(rounds: number): number {
  const queue = new EventQueue<object>();
  for (let index = 0; index < 16; index++) queue.push(0, {});
  return rate(rounds, () => {
    for (let round = 0; round < rounds; round++) queue.push(queue.now, queue.pop() as object);
  });
}

function worldRate(inputs: number, world: VirtualWorld): number {
  world.start();
  world.run({ maxEvents: inputs / 4 });
  const started = performance.now();
  const result = world.run({ maxEvents: inputs });
  return (result.inputs / (performance.now() - started)) * 1000;
}

function rate(rounds: number, work: () => void): number {
  work();
  const started = performance.now();
  work();
  return (rounds / (performance.now() - started)) * 1000;
}

function delaysNs(): Float64Array {
  const stream = new SeededEntropy(1).stream("bench.delays");
  return Float64Array.from({ length: 1024 }, () => 1 + Math.floor(stream.uniform() * 1_000_000));
}

const { operate } = methodsOf(QuantumStateServiceDefinition);

/** A client sends an operation, a server answers it, the client sends the next. */
function streamWorld(): VirtualWorld {
  const stream = 1 as Stream<OperateRequest>;
  const request = (operationId: number, now: Instant): OperateRequest => ({
    operationId,
    at: now,
    operation: { $case: "bellMeasurement", bellMeasurement: { first: "alice-bob/1/17", second: "bob-carol/1/18" } },
  });
  const client = service("client", [], () =>
    new Routes<null>()
      .on("started", (_, now) => [
        effect.openStream(stream, "server/bob", operate),
        effect.send(stream, request(1, now)),
      ])
      .open(operate, { item: (_, now, item) => [effect.send(stream, request(item.operationId + 1, now))] })
      .machine(null),
  );
  const server = service("server", [], () =>
    new Routes<null>()
      .serve(operate, {
        item: (_, _now, item, to) => {
          const response: OperateResponse = {
            operationId: item.operationId,
            outcome: { $case: "bell", bell: { x: true, z: false } },
          };
          return [effect.send(to, response)];
        },
      })
      .machine(null),
  );
  return worldOf(client, server);
}

/** Two services throw one feedforward message to and fro. */
function busWorld(): VirtualWorld {
  const thrower = (place: string, other: string) => {
    const subject = subjects.feedforward("bench", place, other, "track");
    const throwOn = (now: Instant, sequence: number) => [
      effect.publish(subject, Feedforward, {
        sequence,
        incarnation: 1,
        measuredAt: now,
        notAfter: now + 1_000_000,
        payload: {
          $case: "parity",
          parity: { keptPair: "alice-bob/1/17", sacrificedPair: "alice-bob/1/18", round: 1, bit: true },
        },
      }),
    ];
    const heard = [{ subject: subjects.feedforwardTo("bench", place, "track"), type: Feedforward }];
    return service(`thrower-${place}`, heard, () =>
      new Routes<null>()
        .on("started", (_, now) => (place === "alice" ? throwOn(now, 1) : []))
        .message(Feedforward, (_, now, message) => throwOn(now, message.sequence + 1))
        .machine(null),
    );
  };
  return worldOf(thrower("alice", "bob"), thrower("bob", "alice"));
}

function service(
  name: string,
  subscriptions: ReturnType<Service<unknown>["subscriptions"]>,
  start: () => Machine,
): Service<unknown> {
  return { name, timeBase: "true", serves: [], subscriptions: () => subscriptions, start };
}

function worldOf(atAlice: Service<unknown>, atBob: Service<unknown>): VirtualWorld {
  const world = new VirtualWorld({
    seed: 1,
    network: "bench",
    delayNs: () => DELAY_NS,
    clockOf: () => undefined,
    onRecord: () => undefined,
  });
  world.add(atAlice, { place: "alice", config: {} });
  world.add(atBob, { place: "bob", config: {} });
  return world;
}
