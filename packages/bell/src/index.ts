/** Bell indices, Pauli frames and the algebra of Bell-diagonal pairs and X-states. */
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
export { chainEigenvalues, wernerTwirled } from "./chain.ts";
export { memoryDecay } from "./decoherence.ts";
export { bbpssw, dejmps, epl, type TwirledDistillation } from "./distillation.ts";
export { type BlochVector, type HalfMeasurement, measureHalf, type ReadoutErrors } from "./half-measurement.ts";
export {
  afterDecay,
  exchanged,
  type HalfDecay,
  inTurn,
  joined,
  type LeastHalfDecay,
  leastFidelityAfter,
  type PairQuality,
  type RelaxedZ,
  relaxedOf,
  relaxing,
  unrelaxing,
} from "./pair-quality.ts";
export {
  type DistillationNoise,
  type Distilled,
  noiselessDistillation,
  parityCheck,
} from "./parity-check.ts";
export { anticommutes, PauliFrame } from "./pauli-frame.ts";
export { nestedRawPairs, pumpedRawPairs } from "./raw-pairs.ts";
export {
  checkFinite,
  checkProbabilities,
  checkProbability,
  STATE_TOLERANCE,
  StateError,
  type StateErrorReason,
} from "./state-error.ts";
export { averageGateFidelity, type TelegateNoise, telegateFidelity } from "./telegate.ts";
export { teleportationFidelity } from "./teleportation.ts";
export {
  checkXState,
  fidelityOfXState,
  type Half,
  twirlDistance,
  weightsOfXState,
  type XMatrix,
  type XState,
  xMatrixOf,
  xStateOf,
  xStateOfWeights,
} from "./x-state.ts";
export {
  depolariseBoth,
  depolariseHalf,
  exchangeHalves,
  pauliEigenvaluesOf,
  pauliHalf,
  rotateHalf,
  scaleHalf,
  turnHalf,
  waitHalf,
} from "./x-state-channels.ts";
export { probabilityOfZeroX, swapXStates } from "./x-state-swap.ts";
