/** Models of the hardware: fibre, heralding, photons and clocks. Pure. */

export type { Channel } from "./channels/channel.ts";
export { fibreDelayNs, fibreTransmission } from "./channels/fibre.ts";
export { type FibreChannelParameters, type FrequencyConversion, fibreChannel } from "./channels/fibre-channel.ts";
export { beamTransmission, type FreeSpaceBeam, type Pointing } from "./channels/free-space-beam.ts";
export {
  type FreeSpaceChannelParameters,
  freeSpaceChannel,
  LIGHT_KM_PER_S,
  type SatelliteDownlinkParameters,
  satelliteDownlink,
  slantRangeKm,
} from "./channels/free-space-channel.ts";
export {
  checkSchedule,
  commonSchedule,
  isUp,
  type LinkSchedule,
  nextUpS,
  type UpWindow,
} from "./channels/link-schedule.ts";
export {
  type MicrowaveLine,
  type MicrowaveLineParameters,
  microwaveLine,
  thermalOccupation,
} from "./channels/microwave-line.ts";
export {
  type GroundStation,
  type Orbit,
  orbitPeriodS,
  type SatelliteView,
  satelliteView,
} from "./channels/satellite-orbit.ts";
export { type SatellitePass, satellitePasses } from "./channels/satellite-passes.ts";
export { silicaAttenuationDbPerKm } from "./channels/silica-attenuation.ts";
export { ChangingSky, type Sky, type SkyParameters } from "./channels/sky.ts";
export { bestAlpha, largestAlpha } from "./estimate/largest-alpha.ts";
export { estimateLink, type LinkEstimate, type LinkParameters } from "./estimate/link-estimate.ts";
export { type AlphaChoice, hasAlpha, heraldedPair, type LinkScheme, schemeNames } from "./estimate/link-scheme.ts";
export { type PlatformLink, platformLink } from "./estimate/platform-link.ts";
export { FrequencyNoise, type FrequencyNoiseParameters, type Lattice } from "./frequency-noise.ts";
export {
  type AttemptPauses,
  type AttemptTiming,
  attemptPeriodS,
  meanAttemptPeriodS,
} from "./heralding/attempt-timing.ts";
export { type DahlbergSingleClickParameters, dahlbergSingleClick } from "./heralding/dahlberg-single-click.ts";
export type { DetectorKind } from "./heralding/detector-kind.ts";
export { type CoincidenceFactors, type DoubleClickParameters, doubleClick } from "./heralding/double-click.ts";
export { type EmitAndCatchParameters, emitAndCatch } from "./heralding/emit-and-catch.ts";
export { type AnnouncedState, type HeraldedPair, qualityOf } from "./heralding/heralded-pair.ts";
export { type MidpointSourceParameters, midpointSource } from "./heralding/midpoint-source.ts";
export { multiplexed } from "./heralding/multiplexing.ts";
export { balancedAlpha, type SingleClickParameters, singleClick } from "./heralding/single-click.ts";
export { bitFlippedPair, depolarisedPair, perfectPair, type ToyPairParameters } from "./heralding/toy-pairs.ts";
export { type ClockSegment, type HardwareStamp, NodeClock } from "./node-clock.ts";
export { Oscillator, type OscillatorParameters } from "./oscillator.ts";
export { type OscillatorClass, type OscillatorClassName, oscillatorClasses } from "./oscillator-classes.ts";
export { ParameterError } from "./parameter-error.ts";
export { coincidenceFactors, type DarkCounts, darkCountProbability } from "./photons/detection-window.ts";
export { meanPhotonOverlap, photonOverlap } from "./photons/photon-overlap.ts";
export { type PhotonMismatch, type PhotonShape, visibilityFactor, windowShare } from "./photons/photon-shape.ts";
export { type FibreLight, fibreLight } from "./platforms/fibre-light.ts";
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
