import type { NodeClock } from "@bellmesh/hardware";
import type { Chance } from "@bellmesh/joint-state";
import { type Call, type CallDetails, type Entropy, RecentMap, SmallMap, type Stream } from "@bellmesh/mesh";
import type { TopologyNode } from "@bellmesh/topology";
import type { CalibrateRequest, CalibrateResponse } from "@bellmesh/wire/quantum-state";
import { AttemptRecord } from "./attempt-record.ts";
import type { ClockPromise } from "./clock-promise.ts";
import type { Half } from "./half.ts";
import { type Hardware, HardwareTimeline } from "./hardware-timeline.ts";
import type { Station } from "./heralding-stations.ts";

/** Halves remembered after they have gone, so that what comes late for them is known to be late. */
const GONE_MIN = 4096;

/** What may become of a half. */
export type Became = "swapped" | "lost" | "discarded";

interface CalibrationAsked {
  readonly request: CalibrateRequest;
  readonly details: CallDetails<CalibrateResponse>;
}

/** What nature knows of one node: its hardware, its clock, its chance, and the qubits it holds. */
export class QubitHolder {
  readonly name: string;
  readonly platform: string | undefined;
  readonly hardware: HardwareTimeline;
  /** The calibration that is being made durable; nobody is told of it before it is. */
  calibrating: { readonly hardware: Hardware; readonly call: Call<CalibrateResponse> } | undefined = undefined;
  /** Those asked for meanwhile, in their order. */
  readonly calibrationsAsked: CalibrationAsked[] = [];
  readonly attempts = new AttemptRecord();
  readonly clock: NodeClock;
  /** What its clock-sync has said of it last. */
  promise: ClockPromise | undefined = undefined;
  /** Outcomes of this node's Bell measurements; each node has its own, so that none shifts another's. */
  readonly bellChance: Chance;
  readonly measurementChance: Chance;
  /** What a register draws that is one sample of a mixture; outcomes are not shifted by it. */
  readonly noiseChance: Chance;
  readonly held = new SmallMap<string, Half>();
  /** Those that make pairs for it, by link. */
  readonly stations = new Map<string, Station>();
  /** What became of halves where it was more than their end, which nature has not written itself. */
  readonly gone = new RecentMap<Became>(GONE_MIN);
  /** Halves that were discarded before they came. */
  readonly unwanted = new RecentMap<true>(GONE_MIN);
  /** Of the node-controller that attached last; undefined before the first. */
  incarnation: number | undefined = undefined;
  /** The stream it is attached on. */
  attachedOn: Stream | undefined = undefined;
  /** The node has gone and its lease is running. */
  isLeased = false;

  constructor(node: TopologyNode, clock: NodeClock, entropy: Entropy) {
    this.name = node.name;
    this.platform = node.platform;
    this.hardware = new HardwareTimeline(node);
    this.clock = clock;
    this.bellChance = entropy.stream(`nature.${node.name}.bell`);
    this.measurementChance = entropy.stream(`nature.${node.name}.measurement`);
    this.noiseChance = entropy.stream(`nature.${node.name}.noise`);
  }
}
