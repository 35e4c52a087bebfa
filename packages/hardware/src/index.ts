/** Models of the hardware: fibre, heralding, photons and clocks. Pure. */
export { type DoubleClickParameters, doubleClick, type HeraldedPair } from "./double-click.ts";
export { fibreDelayNs, fibreTransmission } from "./fibre.ts";
export { type ClockSegment, type HardwareStamp, NodeClock } from "./node-clock.ts";
export { Oscillator, type OscillatorParameters } from "./oscillator.ts";
export { meanPhotonOverlap, photonOverlap } from "./photon-overlap.ts";
