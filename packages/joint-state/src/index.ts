/** The joint state of qubits: engines, and the local operations that work on any of them. */
export { bellMeasure } from "./bell-measurement.ts";
export { type Chance, type Readout, undrawn } from "./chance.ts";
export { Channel } from "./density-matrix/channel.ts";
export { DensityMatrix, QUBITS_MAX } from "./density-matrix/density-matrix.ts";
export { DensityRegister } from "./density-matrix/density-register.ts";
export type { Direction } from "./density-matrix/direction.ts";
export { OperandError, type OperandErrorReason } from "./density-matrix/operand-error.ts";
export type { Amplitudes } from "./density-matrix/pivoted-cholesky.ts";
export { EmulatorLimitError } from "./emulator-limit-error.ts";
export { promoted, reasonFor } from "./engine-choice.ts";
export { applyGate, applyPairGate, controlledGate, correct, rotate } from "./gates.ts";
export { measure } from "./measurement.ts";
export { PairRegister } from "./pair/pair-register.ts";
export { Qubit } from "./qubit.ts";
export type { Engine, PauliWeights, Register } from "./register.ts";
export type { Matrix2, Matrix4 } from "./unitary.ts";
export { discard, wait } from "./waiting.ts";
