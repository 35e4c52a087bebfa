/** Models of the hardware: fibre, heralding, photons and clocks. Pure. */
export { type DoubleClickParameters, doubleClick, type HeraldedPair } from "./double-click.ts";
export { fibreDelayNs, fibreTransmission } from "./fibre.ts";
export { FrequencyNoise, type FrequencyNoiseParameters, type Lattice } from "./frequency-noise.ts";
export { type ClockSegment, type HardwareStamp, NodeClock } from "./node-clock.ts";
export { Oscillator, type OscillatorParameters } from "./oscillator.ts";
export { type OscillatorClass, type OscillatorClassName, oscillatorClasses } from "./oscillator-classes.ts";
export { meanPhotonOverlap, photonOverlap } from "./photon-overlap.ts";
export {
  checkPlatform,
  type Emission,
  type Figure,
  figuresOf,
  type Platform,
  PlatformError,
  type QubitKind,
  type Source,
  type StorageKind,
} from "./platforms/platform.ts";
export { platforms } from "./platforms/platforms.ts";
