import type { Axis, BellIndex } from "@bellmesh/bell";
import { cos, sin } from "@bellmesh/numerics";
import { type Chance, undrawn } from "./chance.ts";
import { registerFor, registerOf } from "./engine-choice.ts";
import type { Qubit } from "./qubit.ts";
import type { Register } from "./register.ts";
import type { Matrix2 } from "./unitary.ts";

/** A Pauli on one qubit, X^x then Z^z, as one gate with this depolarising; the identity is no gate and has none. */
export function correct(qubit: Qubit, applied: BellIndex, depolarising: number, chance: Chance = undrawn): void {
  if (!applied.x && !applied.z) return;
  const register = registerOf(qubit);
  register.pauli(qubit.position, applied);
  if (depolarising !== 0) register.depolarise(qubit.position, depolarising, chance);
}

/** exp(−iθP/2) about the axis P, then one-qubit depolarising. @throws EmulatorLimitError */
export function rotate(
  qubit: Qubit,
  axis: Axis,
  angleRad: number,
  depolarising: number,
  chance: Chance = undrawn,
): void {
  applyGate(qubit, rotation(axis, angleRad), depolarising, chance);
}

/** Any one-qubit unitary, then one-qubit depolarising. @throws EmulatorLimitError */
export function applyGate(qubit: Qubit, gate: Matrix2, depolarising: number, chance: Chance = undrawn): void {
  const able = { able: (one: Register) => one.canApply?.(gate) ?? true, because: "a gate turned one of its qubits" };
  const register = registerFor([qubit], able, chance);
  register.apply(qubit.position, gate);
  if (depolarising !== 0) register.depolarise(qubit.position, depolarising, chance);
}

/** Controlled-X or controlled-Z, then two-qubit depolarising. Joins the two registers. @throws EmulatorLimitError */
export function controlledGate(
  control: Qubit,
  target: Qubit,
  axis: "x" | "z",
  depolarising: number,
  chance: Chance = undrawn,
): void {
  const because = `a controlled-${axis === "x" ? "X" : "Z"} joined it`;
  const register = registerFor([control, target], { able: (one) => one.canControl?.(axis) ?? true, because }, chance);
  register.controlled(control.position, target.position, axis);
  if (depolarising !== 0) register.depolarisePair(control.position, target.position, depolarising, chance);
}

/** exp(−iθP/2) about one of the three axes. */
export function rotation(axis: Axis, angleRad: number): Matrix2 {
  const c = cos(angleRad / 2);
  const s = sin(angleRad / 2);
  switch (axis) {
    case "x":
      return [c, 0, 0, -s, 0, -s, c, 0];
    case "y":
      return [c, 0, -s, 0, s, 0, c, 0];
    case "z":
      return [c, -s, 0, 0, 0, 0, c, s];
  }
}
