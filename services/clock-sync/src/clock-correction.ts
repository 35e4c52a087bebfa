import type { ClockCorrection } from "@bellmesh/wire/control";
import type { DisciplinedSegment } from "./disciplined-segment.ts";

/** What a correction says beside the segment: whose it is, and what is known of the clock's error. */
type Saying = Pick<ClockCorrection, "node" | "incarnation" | "sequence"> & Partial<ClockCorrection>;

/** A segment of the disciplined clock as all processes of the node, and nature, are told of it. */
export function clockCorrection(segment: DisciplinedSegment, saying: Saying): ClockCorrection {
  return {
    fromHardware: segment.fromHardwareNs,
    fromHardwarePs: segment.fromHardwarePs,
    disciplined: segment.disciplinedNs,
    disciplinedPs: segment.disciplinedPs,
    frequencyPpb: segment.frequencyPpb,
    ...saying,
  };
}
