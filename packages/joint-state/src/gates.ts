import type { Axis, BellIndex } from "@bellmesh/bell";
import { cos, sin } from "@bellmesh/numerics";
import { joined, promoted, registerOf } from "./promotion.ts";
import type { Qubit } from "./qubit.ts";
import type { Matrix2 } from "./unitary.ts";

/** A Pauli on one qubit, X^x then Z^z, as one gate with this depolarising; the identity is no gate and has none. */
export function correct(qubit: Qubit, applied: BellIndex, depolarising: number): void {
  if (!applied.x && !applied.z) return;
  const register = registerOf(qubit);
  register.pauli(qubit.position, applied);
  if (depolarising !== 0) register.depolarise(qubit.position, depolarising);
}

/** exp(−iθP/2) about the axis P, then one-qubit depolarising. Promotes the register. */
export function rotate(qubit: Qubit, axis: Axis, angleRad: number, depolarising: number): void {
  const register = promoted(qubit);
  register.apply(qubit.position, rotation(axis, angleRad));
  register.depolarise(qubit.position, depolarising);
}

/**
 * Controlled-X or controlled-Z, then two-qubit depolarising. Joins the two registers into one density matrix.
 * @throws Error beyond QUBITS_MAX qubits; ask `canJoin` first.
 */
export function controlledGate(control: Qubit, target: Qubit, axis: "x" | "z", depolarising: number): void {
  joined(control, target).controlled(control.position, target.position, axis, depolarising);
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
