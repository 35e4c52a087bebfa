import { SeededEntropy } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import { undrawn } from "../chance.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { EmulatorLimitError } from "../emulator-limit-error.ts";
import type { Qubit } from "../qubit.ts";
import { StateVector } from "./state-vector.ts";
import { StateVectorRegister } from "./state-vector-register.ts";
import { channels, decay, departure, prepare, qubits, tilt } from "./trajectory-average.ts";

const SEED = 2024;
/** Means lie within so many of their standard deviations: by chance one in 26 million does not. */
const SIGMAS = 5.5;

describe("a trajectory", () => {
  test.each(channels)(`averages to the exact channel within ${SIGMAS} σ, seed ${SEED}: %s`, (name, channel) => {
    expect(departure(name, channel, 1_000, SEED)).toBeLessThan(SIGMAS);
  });

  test("has no fidelity and no density matrix; a register of which nothing was drawn has both", () => {
    const register = new StateVectorRegister(qubits(2), new StateVector(2), false);
    const h = Math.SQRT1_2;
    register.apply(0, [h, 0, h, 0, h, 0, -h, 0]);
    register.controlled(0, 1, "x");
    const still = decay(1, 1);
    expect(register.fidelity(0, 1, { x: false, z: false }, still, still)).toBeCloseTo(1, 14);
    const chance = new SeededEntropy(SEED).stream("fidelity");
    register.depolarise(0, 0.1, chance);
    expect(register.isTrajectory).toBe(true);
    expect(register.fidelity(0, 1, { x: false, z: false }, still, still)).toBeUndefined();
    expect(() => register.promote()).toThrow(EmulatorLimitError);
  });

  test("draws nothing where nothing is hidden", () => {
    const register = new StateVectorRegister(qubits(3), new StateVector(3), false);
    prepare(register);
    register.wait(0, decay(1, 1), undrawn);
    register.depolarise(0, 0, undrawn);
    register.pauliChannel(1, [0, 0, 1, 0], undrawn);
    register.collapse(1, 1, 0, undrawn);
    expect(register.isTrajectory).toBe(false);
    expect(register.promote().size).toBe(2);
  });
});

describe("the qubits of a state vector register", () => {
  test("know where they are when one goes, others come, and some are split off", () => {
    const [a, b, c] = qubits(3) as [Qubit, Qubit, Qubit];
    const register = StateVectorRegister.initialised(a);
    register.absorb(StateVectorRegister.initialised(b));
    register.grow(c);
    register.apply(0, tilt);
    register.controlled(0, 2, "x");
    expect(register.splitOff([0])).toBeUndefined();
    const part = register.splitOff([1]) as StateVectorRegister;
    expect([b.register, b.position, c.register, c.position]).toEqual([part, 0, register, 1]);
    register.collapse(0, 0, 1, undrawn);
    expect([a.register, c.position, register.size]).toEqual([undefined, 0, 1]);
    expect(register.probabilityOfZero(0)).toBe(0);
  });

  test.each<[string, (register: StateVectorRegister) => void]>([
    ["a probability above 1", (register) => register.depolarise(0, 1.1, undrawn)],
    ["a probability that is no number", (register) => register.depolarisePair(0, 1, Number.NaN, undrawn)],
    ["weights that do not sum to 1", (register) => register.pauliChannel(0, [0.5, 0.5, 0.5, 0], undrawn)],
    ["T2 above 2·T1", (register) => register.wait(0, decay(0.5, 0.9), undrawn)],
    ["a report that cannot be", (register) => register.collapse(2, 0, 1, undrawn)],
    ["one qubit twice", (register) => register.depolarisePair(1, 1, 0.5, undrawn)],
    ["a qubit that is not there", (register) => register.discard(3, undrawn)],
  ])("%s is refused, and the register is as it was", (_, operation) => {
    const register = new StateVectorRegister(qubits(3), new StateVector(3), false);
    register.apply(0, tilt);
    const before = register.state.amplitudes();
    expect(() => operation(register)).toThrow(OperandError);
    expect(register.size).toBe(3);
    expect(register.isTrajectory).toBe(false);
    expect(register.state.amplitudes()).toEqual(before);
  });
});
