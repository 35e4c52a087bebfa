import { type BellName, type BellWeights, bellName, psiMinus, psiPlus, shifted } from "@bellmesh/bell";
import { doubleClick, fibreTransmission } from "@bellmesh/hardware";
import { notNegative, probability } from "../field-schemas.ts";
import type { StepContext } from "../step-context.ts";
import { densityOfBellWeights } from "../written-states.ts";
import { heraldBy } from "./herald.ts";

/** How probable a click is for a photon that was emitted, said outright or by the fibre it takes. */
export interface ArmFields {
  readonly etaA?: number;
  readonly etaB?: number;
  readonly emissionEfficiency?: number;
  readonly lengthKm?: number;
  readonly midpoint?: number;
  readonly attenuationDbPerKm?: number;
}

export const armSchemas = {
  etaA: probability("probability that a photon emitted at the first end clicks: emission, fibre and detector"),
  etaB: probability("the same at the second end"),
  emissionEfficiency: probability("instead of the two: probability of a click without the fibre, at both ends"),
  lengthKm: notNegative("with emissionEfficiency: fibre from one end to the other"),
  midpoint: { ...probability("where the station stands on it, from the first end"), default: 0.5 },
  attenuationDbPerKm: { ...notNegative("loss of the fibre"), default: 0.2 },
} as const;

export const armAlternatives = [
  ["etaA", "etaB"],
  ["emissionEfficiency", "lengthKm"],
] as const;

/** The two probabilities of a click. */
export function clicksOf(fields: ArmFields, _context: StepContext): readonly [number, number] {
  if (fields.etaA !== undefined && fields.etaB !== undefined) return [fields.etaA, fields.etaB];
  const { emissionEfficiency = 1, lengthKm = 0, midpoint = 0.5, attenuationDbPerKm = 0.2 } = fields;
  const arm = (share: number) => emissionEfficiency * fibreTransmission(share * lengthKm, attenuationDbPerKm, 0);
  return [arm(midpoint), arm(1 - midpoint)];
}

interface DoubleClickFields extends ArmFields {
  readonly darkCountProbability?: number;
  readonly visibility?: number;
  readonly emissionFidelityA?: number;
  readonly emissionFidelityB?: number;
}

/** Barrett and Kok: a click in each of two time bins. */
export const heraldDoubleClick = heraldBy<DoubleClickFields>({
  scheme: "double-click",
  summary: "two fresh qubits, heralded by one click in each of two time bins",
  properties: {
    ...armSchemas,
    darkCountProbability: { ...probability("that a detector clicks in a window without a photon"), default: 0 },
    visibility: { ...probability("Hong-Ou-Mandel visibility |⟨a|b⟩|² of the two photons"), default: 1 },
    emissionFidelityA: {
      ...probability("of the spin-photon pair at the first end; its error depolarises"),
      default: 1,
    },
    emissionFidelityB: { ...probability("the same at the second end"), default: 1 },
  },
  required: [],
  oneOf: armAlternatives,
  attempt(fields, context) {
    const [etaA, etaB] = clicksOf(fields, context);
    const { darkCountProbability = 0, visibility = 1, emissionFidelityA = 1, emissionFidelityB = 1 } = fields;
    const { successProbability, weights } = doubleClick({
      ...{ etaA, etaB, darkCountProbability, visibility, emissionFidelityA, emissionFidelityB },
    });
    const announcements = [psiPlus, psiMinus].map((index) => ({
      announced: bellName(index) as BellName,
      probability: 0.5,
      state: densityOfBellWeights(shifted(weights as BellWeights, index)),
    }));
    return { successProbability, announcements };
  },
});
