/** What one way from an end to a station, or to the other end, does to a photon and to a message. */
export interface Channel {
  /** Probability that a photon that is sent comes out, where and as it can be detected. */
  readonly transmission: number;
  /** Light time of the photon. */
  readonly delayS: number;
  /** What a classical message takes over the same way. */
  readonly classicalDelayS: number;
  /** Photons a second that come out and were never sent, in the band that is detected. */
  readonly noiseRateHz: number;
}
