import type { BellIndex } from "@bellmesh/wire/bell";
import { Basis } from "@bellmesh/wire/quantum-state";

export type End = "head" | "tail";

/** One pair measured at both ends. */
export interface Shot {
  readonly headBasis: Basis;
  readonly tailBasis: Basis;
  readonly headBit: boolean;
  readonly tailBit: boolean;
  /** The Bell state it was announced in. */
  readonly index: BellIndex;
}

interface Measured {
  head: boolean | undefined;
  tail: boolean | undefined;
  index: BellIndex | undefined;
}

const BASES = [Basis.X, Basis.Y, Basis.Z] as const;

/**
 * The basis in which an end measures its half of the pair with this number: the nine settings in turn. Both ends know
 * the number, so they need not talk about it.
 */
export function basisOf(end: End, pairSequence: number): Basis {
  const setting = pairSequence % 9;
  return BASES[end === "head" ? Math.floor(setting / 3) : setting % 3] as Basis;
}

/** What two measuring applications, one at each end, have read. */
export class TomographyTable {
  /** Halves that were delivered and could not be measured. */
  missed = 0;
  readonly #pairs = new Map<number, Measured>();

  /** One end has read its half. */
  read(end: End, pairSequence: number, bit: boolean, index: BellIndex | undefined): void {
    let measured = this.#pairs.get(pairSequence);
    if (!measured) {
      measured = { head: undefined, tail: undefined, index: undefined };
      this.#pairs.set(pairSequence, measured);
    }
    measured[end] = bit;
    measured.index ??= index;
  }

  /** The pair is void. */
  retract(pairSequence: number): void {
    this.#pairs.delete(pairSequence);
  }

  /** Pairs read at both ends whose index is known. */
  shots(): readonly Shot[] {
    const shots: Shot[] = [];
    for (const [pairSequence, { head, tail, index }] of this.#pairs) {
      if (head === undefined || tail === undefined || !index) continue;
      const [headBasis, tailBasis] = [basisOf("head", pairSequence), basisOf("tail", pairSequence)];
      shots.push({ headBasis, tailBasis, headBit: head, tailBit: tail, index });
    }
    return shots;
  }
}
