import { SeededEntropy } from "@bellmesh/numerics";
import { measure } from "../../../packages/joint-state/src/stabilizer/pauli-measurement.ts";
import { Tableau } from "../../../packages/joint-state/src/stabilizer/tableau.ts";
import { StateVector, type StateVectorOptions } from "../../../packages/joint-state/src/state-vector/state-vector.ts";
import { nanosecondsOf, type StateFigure, type Work } from "./figure.ts";
import { passes } from "./pass.ts";

/** A stabilizer gate touches two columns of bits and the phases of the rows, 2·2n bits and as many again. */
function columnBytes(qubits: number): number {
  return (6 * 2 * qubits) / 8;
}

const AMPLITUDE_BYTES = 16;

/** The engines that hold one sample of a mixture. */
export function sampledEngines(roundMs: number): readonly StateFigure[] {
  return [...stabilizer(roundMs), ...stateVector(roundMs)];
}

function stabilizer(roundMs: number): StateFigure[] {
  const gates = ([100, 1000] as const).map((qubits): StateFigure => {
    const works = [passes(columnBytes(qubits)), cliffords(qubits)];
    const [floor, value] = nanosecondsOf(works, roundMs).map((ns) => 1000 / ns) as [number, number];
    const goal = qubits === 100 ? 5 : 1;
    const floorOf = "passes over two columns";
    return { name: `Clifford gates at ${qubits} qubits`, value, unit: "M/s", goal, floor, floorOf };
  });
  return [
    ...gates,
    {
      name: "random outcome at 1,000 qubits",
      value: randomOutcomeNs(roundMs < 100 ? 5 : 20) / 1000,
      unit: "µs",
      goal: 300,
      floor: (nanosecondsOf([passes((2000 * 2000) / 8)], roundMs)[0] as number) / 1000,
      floorOf: "pass over all rows",
    },
  ];
}

/** H, S and CNOT by turns, on qubits that are drawn before. */
function cliffords(qubits: number) {
  const tableau = Tableau.zeros(qubits);
  const chance = new SeededEntropy(1).stream("bench.cliffords");
  const drawn = Array.from({ length: 4096 }, () => Math.floor(chance.uniform() * qubits));
  return (times: number) => {
    for (let time = 0; time < times; time += 1) {
      const first = drawn[time & 4095] as number;
      switch (time % 3) {
        case 0:
          tableau.h(first);
          break;
        case 1:
          tableau.s(first);
          break;
        default:
          tableau.cx(first, (first + 1 + ((drawn[(time + 1) & 4095] as number) % (qubits - 1))) % qubits);
      }
    }
  };
}

const [MEASURED_QUBITS, OUTCOMES, GATES_PER_QUBIT] = [1000, 300, 20] as const;

/** Z of one qubit after the other of a state of random gates, in which none is certain before it is measured. */
function randomOutcomeNs(rounds: number): number {
  const chance = new SeededEntropy(2).stream("bench.outcomes");
  const scrambled = Tableau.zeros(MEASURED_QUBITS);
  for (let gate = 0; gate < GATES_PER_QUBIT * MEASURED_QUBITS; gate += 1) {
    const first = Math.floor(chance.uniform() * MEASURED_QUBITS);
    const second = (first + 1 + Math.floor(chance.uniform() * (MEASURED_QUBITS - 1))) % MEASURED_QUBITS;
    scrambled.h(first);
    scrambled.s(second);
    scrambled.cx(first, second);
  }
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const state = scrambled.copy();
    let drawn = 0;
    const counted = { uniform: () => (drawn++ & 1) / 2 };
    const started = performance.now();
    for (let position = 0; position < OUTCOMES; position += 1) measure(state, [{ position, axis: "z" }], counted);
    best = Math.min(best, ((performance.now() - started) * 1e6) / OUTCOMES);
    if (drawn !== OUTCOMES) throw new Error(`${drawn} of ${OUTCOMES} outcomes were random`);
  }
  return best;
}

const GATES_PER_BATCH = 64;

function stateVector(roundMs: number): StateFigure[] {
  const figures: StateFigure[] = [];
  for (const qubits of [10, 20, 24] as const) {
    const modes = [
      { name: `state vector of ${qubits}, random 1-qubit gates`, options: {} },
      { name: "the same, all cores", options: { severalThreads: true } },
      { name: "the same, fused, one thread", options: { fusion: true } },
      { name: "the same, fused, all cores", options: { fusion: true, severalThreads: true } },
    ].slice(0, qubits === 10 ? 1 : undefined);
    const circuits = modes.map(({ options }) => new Circuit(qubits, options));
    const [pass, ...batches] = nanosecondsOf([passes(AMPLITUDE_BYTES << qubits), ...circuits.map(workOf)], roundMs);
    const floor = 1e6 / (pass as number);
    for (const [place, { name }] of modes.entries()) {
      const value = (GATES_PER_BATCH * 1e6) / (batches[place] as number);
      const goal = qubits === 10 ? 500 : floor / 2;
      const asked = place === 0 ? { goal } : {};
      figures.push({ name, value, unit: "k/s", ...asked, floor, floorOf: "passes over the state, one thread" });
    }
    for (const circuit of circuits) circuit.release();
  }
  return figures;
}

function workOf(circuit: Circuit): Work {
  return (times) => {
    for (let batch = 0; batch < times; batch += 1) circuit.run();
  };
}

/** Random one-qubit gates on random qubits of one state. */
class Circuit {
  readonly #state: StateVector;
  readonly #positions: readonly number[];
  readonly #gates: readonly ReturnType<typeof unitary>[];
  #next = 0;

  constructor(qubits: number, options: StateVectorOptions) {
    const chance = new SeededEntropy(3).stream("bench.gates");
    this.#state = new StateVector(qubits, options);
    this.#positions = Array.from({ length: 4096 }, () => Math.floor(chance.uniform() * qubits));
    this.#gates = Array.from({ length: 256 }, () => unitary(chance.uniform(), chance.uniform(), chance.uniform()));
    for (let position = 0; position < qubits; position += 1) this.#state.apply(position, this.#gate(position));
  }

  /** One batch, applied when it ends at the latest. */
  run(): void {
    for (let gate = 0; gate < GATES_PER_BATCH; gate += 1) {
      this.#next += 1;
      this.#state.apply(this.#positions[this.#next & 4095] as number, this.#gate(this.#next));
    }
    this.#state.settle();
  }

  release(): void {
    this.#state.release();
  }

  #gate(number: number): ReturnType<typeof unitary> {
    return this.#gates[number & 255] as ReturnType<typeof unitary>;
  }
}

/** A general one-qubit unitary. */
function unitary(a: number, b: number, c: number) {
  const turn = (angle: number) => [Math.cos(2 * Math.PI * angle), Math.sin(2 * Math.PI * angle)] as const;
  const [cosine, sine] = turn(a);
  const [pr, pi] = turn(b);
  const [qr, qi] = turn(c);
  return [cosine * pr, cosine * pi, sine * qr, sine * qi, -sine * qr, sine * qi, cosine * pr, -cosine * pi] as const;
}
