type Rows = readonly (readonly (readonly [number, number])[])[];

/** Twice the dimension: a Hermitian A + iB has the eigenvalues of [[A, −B], [B, A]], each of them twice. */
const SIZE = 8;
const SWEEPS_MAX = 60;
const CONVERGED = 1e-30;

/**
 * The density matrix nearest to a Hermitian 4×4 matrix of trace 1, in the Frobenius norm: the same eigenvectors, and
 * the eigenvalues moved to the nearest point of the simplex, the smallest cut off first (Smolin, Gambetta & Smith,
 * PRL 108, 070502, 2012).
 */
export function nearestState(matrix: Rows): Rows {
  const { values, vectors } = eigen(realForm(matrix));
  const kept = ontoSimplex(values);
  return [0, 1, 2, 3].map((row) =>
    [0, 1, 2, 3].map((column) => {
      let [re, im] = [0, 0];
      for (const [at, weight] of kept.entries()) {
        const vector = (place: number) => vectors[place * SIZE + at] as number;
        re += weight * vector(row) * vector(column);
        im += weight * vector(row + 4) * vector(column);
      }
      return [re, im] as const;
    }),
  );
}

function realForm(matrix: Rows): Float64Array {
  const form = new Float64Array(SIZE * SIZE);
  for (const [row, entries] of matrix.entries()) {
    for (const [column, [re, im]] of entries.entries()) {
      form[row * SIZE + column] = form[(row + 4) * SIZE + column + 4] = re;
      form[(row + 4) * SIZE + column] = im;
      form[row * SIZE + column + 4] = -im;
    }
  }
  return form;
}

/** The nearest eigenvalues from 0 on with the same sum, which is 2: each stands here twice. */
function ontoSimplex(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] as number) - (values[b] as number));
  const kept = [...values];
  let missing = 0;
  for (const [taken, at] of order.entries()) {
    const left = order.length - taken;
    const value = values[at] as number;
    if (value + missing / left < 0) {
      missing += value;
      kept[at] = 0;
      continue;
    }
    for (const rest of order.slice(taken)) kept[rest] = (values[rest] as number) + missing / left;
    return kept;
  }
  return kept;
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix, by Jacobi's rotations; the matrix is used up. */
function eigen(matrix: Float64Array): { readonly values: readonly number[]; readonly vectors: Float64Array } {
  const vectors = new Float64Array(SIZE * SIZE);
  for (let at = 0; at < SIZE; at += 1) vectors[at * SIZE + at] = 1;
  for (let sweep = 0; sweep < SWEEPS_MAX && offDiagonal(matrix) > CONVERGED; sweep += 1) {
    for (let p = 0; p < SIZE; p += 1) {
      for (let q = p + 1; q < SIZE; q += 1) rotate(matrix, vectors, p, q);
    }
  }
  const values = Array.from({ length: SIZE }, (_, at) => matrix[at * SIZE + at] as number);
  return { values, vectors };
}

function offDiagonal(matrix: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 0; column < row; column += 1) {
      const entry = matrix[row * SIZE + column] as number;
      sum += entry * entry;
    }
  }
  return sum;
}

/** Turns the plane of p and q so that the entry (p, q) vanishes. */
function rotate(matrix: Float64Array, vectors: Float64Array, p: number, q: number): void {
  const between = matrix[p * SIZE + q] as number;
  if (between === 0) return;
  const ratio = ((matrix[q * SIZE + q] as number) - (matrix[p * SIZE + p] as number)) / (2 * between);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let at = 0; at < SIZE; at += 1) turn(matrix, at * SIZE + p, at * SIZE + q, cosine, sine);
  for (let at = 0; at < SIZE; at += 1) turn(matrix, p * SIZE + at, q * SIZE + at, cosine, sine);
  for (let at = 0; at < SIZE; at += 1) turn(vectors, at * SIZE + p, at * SIZE + q, cosine, sine);
}

function turn(of: Float64Array, one: number, other: number, cosine: number, sine: number): void {
  const [a, b] = [of[one] as number, of[other] as number];
  of[one] = cosine * a - sine * b;
  of[other] = sine * a + cosine * b;
}
