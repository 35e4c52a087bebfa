/** The joint state of qubits: engines, and the local operations that work on any of them. */
export { arePairs, bellMeasure } from "./bell-measurement.ts";
export type { Chance, Readout } from "./chance.ts";
export { DensityMatrix } from "./density-matrix/density-matrix.ts";
export { DensityRegister, QUBITS_MAX } from "./density-matrix/density-register.ts";
export { controlledGate, correct, rotate } from "./gates.ts";
export { measure } from "./measurement.ts";
export { PairRegister } from "./pair-register.ts";
export { canJoin, sizeOf } from "./promotion.ts";
export { Qubit } from "./qubit.ts";
export type { Engine, Register } from "./register.ts";
