/** What is connected to what, with which hardware; and what follows from that alone: delays, paths, deployment. */
export { type ArmChannel, armChannels, channelStepS } from "./arm-channels.ts";
export { bestPath, type Route } from "./best-path.ts";
export { calibratedParts, type Measurable } from "./calibration/calibrated-node.ts";
export { type Calibration, loadCalibration, parseCalibration } from "./calibration/parse-calibration.ts";
export { classicalDelayNs } from "./classical-delay.ts";
export { type Deployed, deployment } from "./deployment.ts";
export { printPath, readDocument, type SourceDocument } from "./document.ts";
export { FileError } from "./file-error.ts";
export { HardwareInForce } from "./hardware-in-force.ts";
export type { DoubleClickHeralding, Heralding, Pauses } from "./heralding.ts";
export {
  type ImportedTopology,
  type ImportTool,
  type ImportWarning,
  importTools,
  importTopology,
} from "./import/import-topology.ts";
export type { BeamWay, LinkChannel } from "./link-channel.ts";
export { linkMinimum } from "./link-minimum.ts";
export { choosesAlpha, heraldedEigenvalues, type LinkModel, linkModel, servoDifferenceNs } from "./link-model.ts";
export { linkParameters, photonOverlapOf } from "./link-parameters.ts";
export { networkAt, networkFrom, nextUpNs } from "./links-up.ts";
export { loadTopology, standaloneTopology } from "./load-topology.ts";
export { farEnd, lengthKm, linkNamed, linksOf, nodeNamed } from "./lookup.ts";
export { nearest } from "./nearest.ts";
export { nodeAtWork } from "./node-at-work.ts";
export { NodeHardware } from "./node-hardware.ts";
export { parseTopology } from "./parse-topology.ts";
export { loadPlatform } from "./platform/load-platform.ts";
export { parsePlatform } from "./platform/parse-platform.ts";
export { platformJsonSchema } from "./platform/platform-json-schema.ts";
export { platformText } from "./platform/platform-text.ts";
export {
  afterBothWait,
  bellMeasurementDecayOf,
  bellMeasurementNoiseOf,
  bellMeasurementNs,
  endsDecay,
  type Prediction,
  predict,
} from "./prediction.ts";
export { clockPresets } from "./schema.ts";
export { type Scope, scopeOf } from "./scope.ts";
export type {
  ClockPreset,
  ClockSpec,
  Gates,
  Link,
  Memory,
  Readout,
  Scheduler,
  Storage,
  Topology,
  TopologyNode,
} from "./topology.ts";
export { TopologyError } from "./topology-error.ts";
export { whyUnreadable } from "./why-unreadable.ts";
