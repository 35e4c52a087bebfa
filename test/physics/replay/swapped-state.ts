import { type ComplexMatrix, tensor, zeros } from "./complex-matrix.ts";
import { normalised } from "./heralded-state.ts";

/** The hardware a Bell measurement is done with. */
export interface Instrument {
  readonly twoQubitDepolarising: number;
  readonly p01: number;
  readonly p10: number;
}

/** The places of the two measured qubits among a, b, c, d: 8·a + 4·b + 2·c + d. */
const B = 4;
const C = 2;

/**
 * Pairs a–b and c–d, a Bell measurement of b and c: what is left of a and d when x and z were reported. CNOT from b
 * to c, replacement of both by I/4 with the gate's probability, H on b; then z is read from b and x from c, and each
 * true outcome that may stand behind the report counts with the probability of being read so.
 */
export function swappedState(
  left: ComplexMatrix,
  right: ComplexMatrix,
  reported: { readonly x: boolean; readonly z: boolean },
  instrument: Instrument,
): ComplexMatrix {
  const four = hadamardOnB(depolarisedBc(controlledNot(tensor(left, right)), instrument.twoQubitDepolarising));
  const readsAs = (report: boolean, truth: boolean) => {
    const one = truth ? 1 - instrument.p10 : instrument.p01;
    return report ? one : 1 - one;
  };
  const rest = zeros(4);
  for (const z of [false, true]) {
    for (const x of [false, true]) {
      const weight = readsAs(reported.z, z) * readsAs(reported.x, x);
      const measured = (z ? B : 0) + (x ? C : 0);
      for (let row = 0; row < 4; row += 1) {
        for (let column = 0; column < 4; column += 1) {
          const from = (spread(row) + measured) * 16 + spread(column) + measured;
          rest.re[row * 4 + column] = (rest.re[row * 4 + column] as number) + weight * (four.re[from] as number);
          rest.im[row * 4 + column] = (rest.im[row * 4 + column] as number) + weight * (four.im[from] as number);
        }
      }
    }
  }
  return normalised(rest);
}

/** a and d of two bits, put where they stand among four. */
function spread(ad: number): number {
  return (ad >> 1) * 8 + (ad & 1);
}

function controlledNot(state: ComplexMatrix): ComplexMatrix {
  const result = zeros(16);
  const image = (index: number) => ((index & B) === 0 ? index : index ^ C);
  for (let row = 0; row < 16; row += 1) {
    for (let column = 0; column < 16; column += 1) {
      result.re[image(row) * 16 + image(column)] = state.re[row * 16 + column] as number;
      result.im[image(row) * 16 + image(column)] = state.im[row * 16 + column] as number;
    }
  }
  return result;
}

/** (1 − p)·ρ + p·Tr_bc(ρ) ⊗ I/4. */
function depolarisedBc(state: ComplexMatrix, probability: number): ComplexMatrix {
  const result = zeros(16);
  for (let row = 0; row < 16; row += 1) {
    for (let column = 0; column < 16; column += 1) {
      const at = row * 16 + column;
      let [re, im] = [(1 - probability) * (state.re[at] as number), (1 - probability) * (state.im[at] as number)];
      if ((row & (B + C)) === (column & (B + C))) {
        for (const bc of [0, C, B, B + C]) {
          const from = ((row & 9) + bc) * 16 + (column & 9) + bc;
          re += (probability / 4) * (state.re[from] as number);
          im += (probability / 4) * (state.im[from] as number);
        }
      }
      result.re[at] = re;
      result.im[at] = im;
    }
  }
  return result;
}

function hadamardOnB(state: ComplexMatrix): ComplexMatrix {
  const result = zeros(16);
  for (let row = 0; row < 16; row += 1) {
    for (let column = 0; column < 16; column += 1) {
      for (const [rowFlip, columnFlip] of [
        [0, 0],
        [0, B],
        [B, 0],
        [B, B],
      ] as const) {
        const [fromRow, fromColumn] = [row ^ rowFlip, column ^ columnFlip];
        const sign = ((row & fromRow & B) === 0 ? 1 : -1) * ((column & fromColumn & B) === 0 ? 1 : -1);
        const [at, from] = [row * 16 + column, fromRow * 16 + fromColumn];
        result.re[at] = (result.re[at] as number) + (sign / 2) * (state.re[from] as number);
        result.im[at] = (result.im[at] as number) + (sign / 2) * (state.im[from] as number);
      }
    }
  }
  return result;
}
