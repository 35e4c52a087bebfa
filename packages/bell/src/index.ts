/** Bell indices, Pauli frames and the algebra of Bell-diagonal pairs. */
export {
  type BellWeights,
  eigenvaluesOf,
  fidelityOf,
  multiply,
  type PauliEigenvalues,
  shifted,
  weightsOf,
} from "./bell-diagonal.ts";
export {
  type Axis,
  type BellIndex,
  type BellName,
  bellIndices,
  bellName,
  combine,
  correlation,
  equal,
  fromOrdinal,
  ordinal,
  phiMinus,
  phiPlus,
  psiMinus,
  psiPlus,
} from "./bell-index.ts";
export {
  type BellMeasurementNoise,
  bellMeasurementDecay,
  type SwapResult,
  swapWeights,
} from "./bell-measurement.ts";
export { memoryDecay } from "./decoherence.ts";
export { anticommutes, PauliFrame } from "./pauli-frame.ts";
