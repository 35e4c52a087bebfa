/** A 2×2 complex matrix, row by row: real and imaginary part of each entry in turn. */
export type Matrix2 = readonly [number, number, number, number, number, number, number, number];

/** A 4×4 complex matrix, row by row: 16 pairs of real and imaginary part. The first qubit is the more significant. */
export type Matrix4 = readonly number[];
