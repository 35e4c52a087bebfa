import { type BellWeights, type PauliEigenvalues, weightsOf } from "./bell-diagonal.ts";

/** What goes wrong in a controlled-X between two nodes that spends one pair. */
export interface TelegateNoise {
  /** Of the CNOT from the control to its node's half. */
  readonly controlDepolarising: number;
  /** Of the CNOT from the other half to the target. */
  readonly targetDepolarising: number;
  /** P(the Z bit of the control's half is reported wrongly), averaged over the bit: (p01 + p10)/2. */
  readonly controlMisread: number;
  /** P(the X bit of the target's half is reported wrongly), averaged over the bit. */
  readonly targetMisread: number;
  /** `memoryDecay` of the control's wait for the second bit: a round trip of light, 2L/c. */
  readonly controlWait: PauliEigenvalues;
}

/**
 * The entanglement fidelity F_e of a controlled-X by cat-entangler and cat-disentangler (Eisert et al. 2000;
 * Yimsiriwattana & Lomonaco 2004). An X error of the resource, or a misread first bit, becomes an X on the target;
 * a Z error, or a misread second bit, a Z on the control, where the wait adds its own Paulis. A depolarised first
 * CNOT leaves a random Pauli on the control and a random X on the target, of which one in 8 is none; the second one
 * mirrors it.
 * @param resource absolute weights relative to the announced index, the right state first
 */
export function telegateFidelity(resource: BellWeights, noise: TelegateNoise): number {
  const { controlDepolarising: p, targetDepolarising: q, controlMisread: m1, targetMisread: m2 } = noise;
  const [p0, p1, p2, p3] = resource;
  const wait = weightsOf(noise.controlWait);
  const noX = 1 - m1;
  const noXNoZ = noX * (p0 * (1 - m2) + p2 * m2) + m1 * (p1 * (1 - m2) + p3 * m2);
  const noXButZ = noX * (p0 * m2 + p2 * (1 - m2)) + m1 * (p1 * m2 + p3 * (1 - m2));
  const local = wait[0] * noXNoZ + wait[2] * noXButZ;
  return (1 - p) * (1 - q) * local + (p * (1 - q)) / 8 + ((1 - p) * q * (wait[0] + wait[2])) / 8 + (p * q) / 16;
}

/**
 * The fidelity on average over pure inputs of a gate with this entanglement fidelity: (d·F_e + 1)/(d + 1)
 * (Horodecki et al. 1999; Nielsen 2002).
 * @param dimension 2 for one qubit, 4 for two
 */
export function averageGateFidelity(entanglementFidelity: number, dimension: number): number {
  return (dimension * entanglementFidelity + 1) / (dimension + 1);
}
