import { cos, sin } from "@bellmesh/numerics";
import type { FlatMatrix } from "./complex-matrix.ts";

const h = Math.sqrt(0.5);

/** Gates without a parameter. Two-qubit gates have their control leftmost. */
export const fixedGates: Readonly<Record<string, FlatMatrix>> = {
  i: [1, 0, 0, 0, 0, 0, 1, 0],
  x: [0, 0, 1, 0, 1, 0, 0, 0],
  y: [0, 0, 0, -1, 0, 1, 0, 0],
  z: [1, 0, 0, 0, 0, 0, -1, 0],
  h: [h, 0, h, 0, h, 0, -h, 0],
  s: [1, 0, 0, 0, 0, 0, 0, 1],
  sdg: [1, 0, 0, 0, 0, 0, 0, -1],
  t: [1, 0, 0, 0, 0, 0, h, h],
  tdg: [1, 0, 0, 0, 0, 0, h, -h],
  sx: [0.5, 0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.5],
  cnot: fourByFour([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]),
  cz: fourByFour([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, -1]),
  swap: fourByFour([1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]),
};

/** Gates of one angle θ: exp(−iθP/2) about an axis P, and controlled diag(1, e^(iθ)). */
export const turnedGates: Readonly<Record<string, (angleRad: number) => FlatMatrix>> = {
  rx: (angleRad) => {
    const [c, s] = [cos(angleRad / 2), sin(angleRad / 2)];
    return [c, 0, 0, -s, 0, -s, c, 0];
  },
  ry: (angleRad) => {
    const [c, s] = [cos(angleRad / 2), sin(angleRad / 2)];
    return [c, 0, -s, 0, s, 0, c, 0];
  },
  rz: (angleRad) => {
    const [c, s] = [cos(angleRad / 2), sin(angleRad / 2)];
    return [c, -s, 0, 0, 0, 0, c, s];
  },
  cphase: (angleRad) => {
    const gate = [...fourByFour([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1])];
    gate[30] = cos(angleRad);
    gate[31] = sin(angleRad);
    return gate;
  },
};

/** A real 4×4 matrix. */
function fourByFour(...rows: readonly (readonly number[])[]): FlatMatrix {
  return rows.flatMap((row) => row.flatMap((entry) => [entry, 0]));
}
