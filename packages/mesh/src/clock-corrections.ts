import type { ClockSegment } from "@bellmesh/hardware";
import { publisherOf } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";

/** The segment of a node's disciplined clock that a correction publishes. */
export function segmentOf(correction: ClockCorrection): ClockSegment {
  return {
    fromHardwareNs: correction.fromHardware,
    fromHardwarePs: correction.fromHardwarePs,
    disciplinedNs: correction.disciplined,
    disciplinedPs: correction.disciplinedPs,
    frequencyPpb: correction.frequencyPpb,
  };
}

/** Corrections as nature hears them on the bus: each counts once, and only from the node whose clock it sets. */
export class ClockCorrections {
  readonly #latest = new Map<string, { readonly incarnation: number; readonly sequence: number }>();

  /** @returns the segment to apply, or undefined for a copy, a straggler or another node's word. */
  admit(correction: ClockCorrection, subject: string): ClockSegment | undefined {
    const { node, incarnation, sequence } = correction;
    if (publisherOf(subject) !== node) return undefined;
    const last = this.#latest.get(node);
    if (last && (incarnation < last.incarnation || (incarnation === last.incarnation && sequence <= last.sequence))) {
      return undefined;
    }
    this.#latest.set(node, { incarnation, sequence });
    return segmentOf(correction);
  }
}
