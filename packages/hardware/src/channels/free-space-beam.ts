import { exp, expm1, log, sin } from "@bellmesh/numerics";
import {
  checkNotNegativeFields,
  checkPositiveFields,
  checkProbabilityFields,
  ParameterError,
} from "../parameter-error.ts";

/** A Gaussian beam between two telescopes. */
export interface FreeSpaceBeam {
  readonly wavelengthNm: number;
  /** Radius of the beam at the sender, where its intensity is 1/e² of the middle; or the divergence instead. */
  readonly waistM?: number;
  /** Half the angle of the far cone; or the waist instead. */
  readonly divergenceRad?: number;
  readonly receiverDiameterM: number;
  /** Standard deviation of the pointing, per axis; 0 when absent. */
  readonly pointingStdRad?: number;
  /** Of telescopes, filters, couplings; 1 when absent. */
  readonly opticsTransmission?: number;
}

/** Where the beam points now, in standard deviations along two axes. */
export type Pointing = readonly [number, number];

/**
 * The share of a Gaussian beam that a round aperture takes in: 1 − e^(−2a²/w²) with the beam radius
 * w(L) = w₀√(1 + (Lλ/πw₀²)²), or the divergence times L. Averaged over pointing, w² grows by 4(σL)²: the beam smeared
 * by a Gaussian is a Gaussian, so the mean is exact. At one pointing, off by r, the share falls by e^(−2r²/w²), which
 * takes the aperture to be small against the beam. Optics are counted, air is not.
 * @param pointing where the beam points at one instant; averaged when absent
 * @throws ParameterError when a number cannot be, or not just one of waist and divergence is given.
 */
export function beamTransmission(beam: FreeSpaceBeam, rangeKm: number, pointing?: Pointing): number {
  const { receiverDiameterM, pointingStdRad = 0, opticsTransmission = 1 } = beam;
  checkPositiveFields({ rangeKm, receiverDiameterM, wavelengthNm: beam.wavelengthNm });
  checkNotNegativeFields({ pointingStdRad });
  checkProbabilityFields({ opticsTransmission });
  const rangeM = 1000 * rangeKm;
  const radiusM = beamRadiusM(beam, rangeM);
  const wanderM = pointingStdRad * rangeM;
  if (pointing === undefined) {
    const squareM2 = radiusM * radiusM + 4 * wanderM * wanderM;
    return -expm1((-0.5 * receiverDiameterM * receiverDiameterM) / squareM2) * opticsTransmission;
  }
  const square = radiusM * radiusM;
  const offSquare = wanderM * wanderM * (pointing[0] * pointing[0] + pointing[1] * pointing[1]);
  const aligned = -expm1((-0.5 * receiverDiameterM * receiverDiameterM) / square);
  return aligned * exp((-2 * offSquare) / square) * opticsTransmission;
}

/** Where the intensity is 1/e² of that in the middle. */
function beamRadiusM({ waistM, divergenceRad, wavelengthNm }: FreeSpaceBeam, rangeM: number): number {
  if (waistM !== undefined && divergenceRad !== undefined) {
    throw new ParameterError("divergenceRad", divergenceRad, "the waist says it already; give just one of the two");
  }
  if (divergenceRad !== undefined) {
    checkPositiveFields({ divergenceRad });
    return divergenceRad * rangeM;
  }
  if (waistM === undefined) throw new ParameterError("waistM", waistM, "give a waist or a divergence");
  checkPositiveFields({ waistM });
  const spread = (rangeM * 1e-9 * wavelengthNm) / (Math.PI * waistM * waistM);
  return waistM * Math.sqrt(1 + spread * spread);
}

/**
 * What clear air lets through at an elevation, from what it lets through at the zenith: η^(1/sin ε), air as a flat
 * layer. Good above about 10°.
 * @throws ParameterError when the zenith's transmission is outside [0, 1] or the elevation not in (0, π/2].
 */
export function airTransmission(zenithTransmission: number, elevationRad: number): number {
  checkProbabilityFields({ zenithTransmission });
  if (!(elevationRad > 0 && elevationRad <= Math.PI / 2)) {
    throw new ParameterError("elevationRad", elevationRad, "it lies in (0, π/2]: below the horizon there is no way");
  }
  return zenithTransmission === 0 ? 0 : exp(log(zenithTransmission) / sin(elevationRad));
}
