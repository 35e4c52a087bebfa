import {
  type Channel,
  fibreChannel,
  fibreTransmission,
  freeSpaceChannel,
  LIGHT_KM_PER_S,
  microwaveLine,
  satelliteDownlink,
  satelliteView,
} from "@bellmesh/hardware";
import { exp } from "@bellmesh/numerics";
import type { BeamWay, LinkChannel, MicrowaveWay, SatelliteWay } from "./link-channel.ts";
import type { Link } from "./topology.ts";

/** What each arm of a link does to a photon. */
export interface ArmChannel {
  readonly transmission: number;
  readonly noiseRateHz: number;
  /** Thermal photons that a microwave line adds to a caught mode, over both arms. */
  readonly addedPhotons: number;
}

/** The speed of light on a link's way: that of the network's fibre, or that in air and vacuum. */
export function lightSpeedKmPerS({ channel }: Pick<Link, "channel">, fibreSpeedKmPerS: number): number {
  return channel?.medium === "free-space" || channel?.medium === "satellite" ? LIGHT_KM_PER_S : fibreSpeedKmPerS;
}

/**
 * What the arms do to photons at an instant.
 * @param timeS mesh time; it matters where a satellite moves
 * @param weather what the sky lets through, by arm
 * @throws ParameterError when a number of the channel cannot be.
 */
export function armChannels(
  link: Pick<Link, "armsKm" | "attenuationDbPerKm" | "channel">,
  fibreSpeedKmPerS: number,
  timeS: number,
  weather: readonly [number, number] = [1, 1],
): readonly [ArmChannel, ArmChannel] {
  const { channel } = link;
  const arm = (side: 0 | 1): ArmChannel => {
    const lengthKm = link.armsKm[side];
    if (channel === undefined) {
      const transmission = fibreTransmission(lengthKm, link.attenuationDbPerKm, 0);
      return { transmission, noiseRateHz: 0, addedPhotons: 0 };
    }
    if (channel.medium === "microwave") return microwaveArm(channel, link.armsKm, side);
    const { transmission, noiseRateHz } = opticalArm(channel, link.attenuationDbPerKm, lengthKm, fibreSpeedKmPerS, {
      side,
      timeS,
    });
    return { transmission: Math.min(1, transmission * weather[side]), noiseRateHz, addedPhotons: 0 };
  };
  return [arm(0), arm(1)];
}

function opticalArm(
  channel: Exclude<LinkChannel, MicrowaveWay>,
  attenuationDbPerKm: number,
  lengthKm: number,
  speedKmPerS: number,
  { side, timeS }: { readonly side: 0 | 1; readonly timeS: number },
): Channel {
  switch (channel.medium) {
    case "fibre":
      return fibreChannel({ ...channel, lengthKm, attenuationDbPerKm, speedKmPerS });
    case "free-space":
      return freeSpaceChannel({ ...channel, lengthKm, attenuationDbPerKm: channel.airAttenuationDbPerKm });
    case "satellite":
      return satelliteDownlink(channel, elevationRad(channel, side, timeS));
  }
}

/** Loss in proportion to length; the line's thermal photons are counted at its end, where they are caught. */
function microwaveArm(channel: MicrowaveWay, armsKm: readonly [number, number], side: 0 | 1): ArmChannel {
  const lengthKm = armsKm[0] + armsKm[1];
  const line = microwaveLine({ ...channel, lengthKm });
  const lossDb = (channel.lossDb * armsKm[side]) / lengthKm;
  const transmission = exp((-Math.LN10 / 10) * lossDb);
  return { transmission, noiseRateHz: 0, addedPhotons: side === 0 ? 0 : line.addedPhotons };
}

const RADIANS = Math.PI / 180;

/** How high the satellite stands for an end; no lower than the mask, below which nothing is tried. */
function elevationRad({ sight, maskDeg }: SatelliteWay, side: 0 | 1, timeS: number): number {
  if ("elevationsDeg" in sight) return sight.elevationsDeg[side] * RADIANS;
  return Math.max(maskDeg * RADIANS, satelliteView(sight.orbit, sight.stations[side], timeS).elevationRad);
}

/** For how long the channels of a link stay as they are, in s; Infinity when they always do. */
export function channelStepS({ channel }: Pick<Link, "channel">): number {
  if (channel?.medium !== "satellite" && channel?.medium !== "free-space") return Number.POSITIVE_INFINITY;
  const weatherS = channel.weather?.weatherStepS ?? Number.POSITIVE_INFINITY;
  return isMoving(channel) ? Math.min(channel.elevationStepS, weatherS) : weatherS;
}

/** Whether elevations change with time. */
export function isMoving(channel: LinkChannel | undefined): channel is SatelliteWay {
  return channel?.medium === "satellite" && "orbit" in channel.sight;
}

/** What usual haze lets through; clouds are left out. */
export function usualWeather(channel: LinkChannel | undefined): readonly [number, number] {
  const hazeMedianDb = (channel as BeamWay | undefined)?.weather?.hazeMedianDb ?? 0;
  const factor = hazeMedianDb === 0 ? 1 : exp((-Math.LN10 / 10) * hazeMedianDb);
  return [factor, factor];
}
