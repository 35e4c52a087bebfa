import { colourCentrePlatform } from "./colour-centre.ts";
import { idealPlatform } from "./ideal.ts";
import { neutralAtomPlatform } from "./neutral-atom.ts";
import { nv2017Platform, nv2019Platform, nv2020Platform } from "./nv.ts";
import type { Platform } from "./platform.ts";
import { rareEarthPlatform } from "./rare-earth.ts";
import { transmonPlatform } from "./transmon.ts";
import { trappedIonPlatform } from "./trapped-ion.ts";

/** The platforms that come along, by name. */
export const platforms: ReadonlyMap<string, Platform> = new Map(
  [
    nv2017Platform,
    nv2019Platform,
    nv2020Platform,
    colourCentrePlatform,
    trappedIonPlatform,
    neutralAtomPlatform,
    rareEarthPlatform,
    transmonPlatform,
    idealPlatform,
  ].map((platform) => [platform.name, platform]),
);
