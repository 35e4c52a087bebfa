/** Chance by name, portable elementary functions, and statistics. */
export { type EntropyStream, SeededEntropy } from "./entropy.ts";
export { exp, expm1 } from "./exponential.ts";
export { log, log1p } from "./logarithm.ts";
export { quantile, Tally } from "./statistics.ts";
export { cos, sin } from "./trigonometry.ts";
