import type { Axis } from "@bellmesh/bell";
import { OPERAND_TOLERANCE, OperandError, reasonOf } from "./operand-error.ts";

/** A unit vector on the Bloch sphere: |0⟩ is (0, 0, 1), |+⟩ is (1, 0, 0). */
export type Direction = readonly [x: number, y: number, z: number];

/**
 * The direction of an axis.
 * @throws OperandError when a direction given as three numbers has not length 1 within OPERAND_TOLERANCE.
 */
export function directionOf(along: Axis | Direction): Direction {
  if (typeof along === "string") return directions[along];
  const [x, y, z] = along;
  const square = x * x + y * y + z * z;
  if (Math.abs(square - 1) <= OPERAND_TOLERANCE) return along;
  throw new OperandError(
    reasonOf(square),
    "the square of the direction",
    square,
    "a measurement is along a unit vector of the Bloch sphere",
  );
}

const directions: Readonly<Record<Axis, Direction>> = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };
