import { bellName } from "@bellmesh/bell";
import { type AnnouncedState, singleClick } from "@bellmesh/hardware";
import type { DensityMatrix } from "@bellmesh/joint-state";
import { notNegative, number, probability } from "../field-schemas.ts";
import { densityOfXState } from "../written-states.ts";
import { heraldBy } from "./herald.ts";
import { type ArmFields, armAlternatives, armSchemas, clicksOf } from "./herald-double-click.ts";

interface SingleClickFields extends ArmFields {
  readonly alphaA: number;
  readonly alphaB?: number;
  readonly darkCountProbability?: number;
  readonly visibility?: number;
  readonly phaseStdRad?: number;
  readonly phaseRad?: number;
  readonly doubleExcitation?: number;
}

/** A state that a model of the hardware announces, as a density matrix. */
export function densityOfAnnounced({ matrix }: AnnouncedState): DensityMatrix {
  return densityOfXState({
    populations: [matrix.p00, matrix.p01, matrix.p10, matrix.p11],
    phi: [matrix.outerRe, matrix.outerIm],
    psi: [matrix.innerRe, matrix.innerIm],
  });
}

/** Cabrillo and others: one click of one detector, from two weakly bright qubits. */
export const heraldSingleClick = heraldBy<SingleClickFields>({
  scheme: "single-click",
  summary: "two fresh qubits, heralded by one click of one detector; not Bell-diagonal",
  properties: {
    alphaA: probability("population of the bright state |1⟩ at the first end"),
    alphaB: probability("the same at the second end; that of the first when absent"),
    ...armSchemas,
    darkCountProbability: { ...probability("that a detector clicks in a window without a photon"), default: 0 },
    visibility: { ...probability("Hong-Ou-Mandel visibility |⟨a|b⟩|² of the two photons"), default: 1 },
    phaseStdRad: { ...notNegative("standard deviation of the optical phase between the ends"), default: 0 },
    phaseRad: { ...number("mean of that phase, the first end's less the second's"), default: 0 },
    doubleExcitation: { ...probability("that an end emits a second photon"), default: 0 },
  },
  required: ["alphaA"],
  oneOf: armAlternatives,
  attempt(fields, context) {
    const [etaA, etaB] = clicksOf(fields, context);
    const { alphaA, alphaB = alphaA, darkCountProbability = 0, visibility = 1, doubleExcitation = 0 } = fields;
    const { successProbability, announced } = singleClick({
      ...{ alphaA, alphaB, etaA, etaB, darkCountProbability, visibility },
      ...{ phaseStdRad: fields.phaseStdRad ?? 0, phaseRad: fields.phaseRad ?? 0 },
      ...{ doubleExcitationA: doubleExcitation, doubleExcitationB: doubleExcitation },
    });
    const announcements = announced.map((one) => {
      return { announced: bellName(one.index), probability: one.probability, state: densityOfAnnounced(one) };
    });
    return { successProbability, announcements };
  },
});
