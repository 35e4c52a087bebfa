import { type ComplexMatrix, zeros } from "./complex-matrix.ts";

/** A real 2×2 operator, row by row. Every Kraus operator here can be written so. */
type Operator = readonly [number, number, number, number];

const identity: Operator = [1, 0, 0, 1];
const pauliX: Operator = [0, 1, 1, 0];
const pauliZ: Operator = [1, 0, 0, -1];
/** Z·X = iY; a channel does not see the phase. */
const pauliY: Operator = [0, 1, -1, 0];

/** What is done to one of the two qubits of a pair: 0 is the left one. */
export type Place = 0 | 1;

/** Σ weight·K·ρ·K† over operators K on one qubit of a pair. */
function channel(
  state: ComplexMatrix,
  place: Place,
  operators: readonly (readonly [weight: number, operator: Operator])[],
): ComplexMatrix {
  const result = zeros(4);
  const shift = 1 - place;
  for (const [weight, operator] of operators) {
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        let [re, im] = [0, 0];
        for (let i = 0; i < 2; i += 1) {
          const left = operator[2 * ((row >> shift) & 1) + i] as number;
          if (left === 0) continue;
          for (let j = 0; j < 2; j += 1) {
            const factor = left * (operator[2 * ((column >> shift) & 1) + j] as number);
            const from = withBit(row, shift, i) * 4 + withBit(column, shift, j);
            re += factor * (state.re[from] as number);
            im += factor * (state.im[from] as number);
          }
        }
        const at = row * 4 + column;
        result.re[at] = (result.re[at] as number) + weight * re;
        result.im[at] = (result.im[at] as number) + weight * im;
      }
    }
  }
  return result;
}

function withBit(index: number, shift: number, bit: number): number {
  return (index & ~(1 << shift)) | (bit << shift);
}

/**
 * One qubit of a pair waits: amplitude damping by γ = 1 − e^(−t/T1), then Z with probability
 * ½(1 − e^(−t/T2)/√(1 − γ)), so that T2 is the total coherence time.
 */
export function waited(state: ComplexMatrix, place: Place, seconds: number, t1S: number, t2S: number): ComplexMatrix {
  const gamma = 1 - Math.exp(-seconds / t1S);
  const flip = (1 - Math.exp(-seconds / t2S) / Math.sqrt(1 - gamma)) / 2;
  const damped = channel(state, place, [
    [1, [1, 0, 0, Math.sqrt(1 - gamma)]],
    [1, [0, Math.sqrt(gamma), 0, 0]],
  ]);
  return channel(damped, place, [
    [1 - flip, identity],
    [flip, pauliZ],
  ]);
}

/** Z with this probability. */
export function flipped(state: ComplexMatrix, place: Place, probability: number): ComplexMatrix {
  return channel(state, place, [
    [1 - probability, identity],
    [probability, pauliZ],
  ]);
}

/** Replacement by I/2 with this probability: each of the four Paulis with a quarter of it. */
export function depolarised(state: ComplexMatrix, place: Place, probability: number): ComplexMatrix {
  const quarter = probability / 4;
  return channel(state, place, [
    [1 - 3 * quarter, identity],
    [quarter, pauliX],
    [quarter, pauliY],
    [quarter, pauliZ],
  ]);
}

/** X^x, then Z^z, on one qubit of a pair. */
export function corrected(state: ComplexMatrix, place: Place, x: boolean, z: boolean): ComplexMatrix {
  const flipped = x ? channel(state, place, [[1, pauliX]]) : state;
  return z ? channel(flipped, place, [[1, pauliZ]]) : flipped;
}
