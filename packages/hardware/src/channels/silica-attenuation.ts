import { exp } from "@bellmesh/numerics";
import { ParameterError } from "../parameter-error.ts";

/** Between these, in nm, silica carries light over any distance worth the name. */
const SHORTEST_NM = 350;
const LONGEST_NM = 1800;

/**
 * Attenuation of standard silica fibre in dB/km by wavelength: Rayleigh scattering ∝ 1/λ⁴, infrared absorption
 * (Miya et al. 1979) and 0.03 dB/km of imperfections: 4.9 at 637 nm, 0.30 at 1310 nm, 0.19 at 1550 nm. Without the
 * water peaks about 950, 1240 and 1383 nm, which modern fibre hardly has.
 * @throws ParameterError when the wavelength is outside 350 to 1800 nm.
 */
export function silicaAttenuationDbPerKm(wavelengthNm: number): number {
  if (!(wavelengthNm >= SHORTEST_NM && wavelengthNm <= LONGEST_NM)) {
    throw new ParameterError("wavelengthNm", wavelengthNm, `silica carries ${SHORTEST_NM} to ${LONGEST_NM} nm`);
  }
  const squareUm = 1e-6 * wavelengthNm * wavelengthNm;
  const rayleigh = RAYLEIGH / (squareUm * squareUm);
  return rayleigh + INFRARED * exp(-INFRARED_EDGE_NM / wavelengthNm) + IMPERFECTIONS;
}

/** In dB·µm⁴/km. */
const RAYLEIGH = 0.8;
const INFRARED = 7.81e11;
const INFRARED_EDGE_NM = 48_480;
const IMPERFECTIONS = 0.03;
