/** The joint state of qubits: engines, and the local operations that work on any of them. */
export { arePairs, bellMeasure } from "./bell-measurement.ts";
export type { Chance, Readout } from "./chance.ts";
export { Channel } from "./density-matrix/channel.ts";
export { DensityMatrix, QUBITS_MAX } from "./density-matrix/density-matrix.ts";
export { DensityRegister } from "./density-matrix/density-register.ts";
export type { Direction } from "./density-matrix/direction.ts";
export { OperandError, type OperandErrorReason } from "./density-matrix/operand-error.ts";
export type { Amplitudes } from "./density-matrix/pivoted-cholesky.ts";
export { controlledGate, correct, rotate } from "./gates.ts";
export { measure } from "./measurement.ts";
export { PairRegister } from "./pair/pair-register.ts";
export { canJoin, sizeOf } from "./promotion.ts";
export { Qubit } from "./qubit.ts";
export type { Engine, Register } from "./register.ts";
