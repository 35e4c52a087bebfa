import { type FibreChannelParameters, VISIBLE_REACH_KM } from "../channels/fibre-channel.ts";
import type { Emission } from "./platform.ts";

/** What an end sends into its fibre: a wavelength, and the converter that makes another of it. */
export type FibreLight = Pick<FibreChannelParameters, "wavelengthNm" | "conversion">;

/**
 * The light that a platform sends into a link's fibres: as it emits it over arms of at most 100 m, where nobody would
 * convert; over longer ones as its own converter makes it. Both arms alike, for photons that are to meet.
 * @returns what `fibreChannel` takes; undefined where the platform says no wavelength
 */
export function fibreLight(
  { wavelengthNm, convertedNm, conversionEfficiency }: Emission,
  armsKm: readonly [number, number],
): FibreLight | undefined {
  if (wavelengthNm === undefined) return undefined;
  const isFar = Math.max(...armsKm) > VISIBLE_REACH_KM;
  if (!isFar || convertedNm === undefined) return { wavelengthNm: wavelengthNm[0] };
  const conversion = { toNm: convertedNm[0], efficiency: conversionEfficiency?.[0] ?? 1 };
  return { wavelengthNm: wavelengthNm[0], conversion };
}
