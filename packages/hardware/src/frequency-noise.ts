/** How an oscillator's frequency wanders at random, as Allan deviations. */
export interface FrequencyNoiseParameters {
  /** Allan deviation of white frequency noise at an averaging time of 1 s; it falls as 1/√τ. */
  readonly whiteAt1S: number;
  /** Allan deviation of flicker frequency noise, the same at every averaging time. */
  readonly flickerFloor: number;
}

/** A normal deviate for each place of a lattice: the same at every call with the same octave and place. */
export type Lattice = (octave: number, place: number) => number;

/** The shortest time scale, in ns: below it the frequency is steady. */
const SHORTEST_NS = 1e7;
/** Each twice as long as the one before; the longest is two days. */
const OCTAVES = 25;

/**
 * The phase that white and flicker frequency noise have added up to, as a pure function of time. It is a sum of
 * octaves: a smooth stationary random function for each time scale T, of amplitude ∝ √T for white and ∝ T for flicker
 * noise. An octave adds to the Allan variance around averaging times of T only: a slower one is nearly a straight line
 * there, a faster one is averaged out. So the sum has an Allan deviation ∝ 1/√τ or a flat one, over the octaves that
 * there are, and any instant can be asked for without those before it (value noise, Perlin 1985, in place of the
 * filtered white noise of Kasdin 1995).
 */
export class FrequencyNoise {
  readonly #lattice: Lattice;
  readonly #octaves: readonly Octave[];

  /** @throws RangeError when a deviation is negative or not finite. */
  constructor({ whiteAt1S, flickerFloor }: FrequencyNoiseParameters, lattice: Lattice) {
    for (const [name, value] of [["whiteAt1S", whiteAt1S] as const, ["flickerFloor", flickerFloor] as const]) {
      if (!(value >= 0 && value < 1)) throw new RangeError(`${name} is an Allan deviation in [0, 1), not ${value}`);
    }
    this.#lattice = lattice;
    const white = whiteAt1S / Math.sqrt(WHITE_SUM);
    const flicker = flickerFloor / Math.sqrt(FLICKER_SUM);
    let scaleNs = SHORTEST_NS;
    this.#octaves = Array.from({ length: OCTAVES }, () => {
      const scaleS = scaleNs * 1e-9;
      const variance = white * white * scaleS + flicker * flicker * scaleS * scaleS;
      const octave = { scaleNs, amplitudeNs: 1e9 * Math.sqrt(variance), place: Number.NaN, from: 0, to: 0 };
      scaleNs *= 2;
      return octave;
    });
  }

  /** In ns. */
  phaseNs(trueNs: number): number {
    let phaseNs = 0;
    for (let number = 0; number < OCTAVES; number += 1) {
      const octave = this.#octaves[number] as Octave;
      const at = trueNs / octave.scaleNs;
      const place = Math.floor(at);
      if (place !== octave.place) {
        octave.from = place === octave.place + 1 ? octave.to : this.#lattice(number, place);
        octave.to = this.#lattice(number, place + 1);
        octave.place = place;
      }
      phaseNs += octave.amplitudeNs * (octave.from + blend(at - place) * (octave.to - octave.from));
    }
    return phaseNs;
  }
}

/** One time scale, with the two places of its lattice between which it was asked last. */
interface Octave {
  readonly scaleNs: number;
  readonly amplitudeNs: number;
  place: number;
  from: number;
  to: number;
}

/** From 0 to 1, level at both ends. */
function blend(at: number): number {
  return at * at * (3 - 2 * at);
}

/** Mean over a lattice cell of the product of the random function and itself `lag` cells later. */
function autocorrelation(lag: number): number {
  const STEPS = 64;
  let sum = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const here = (step + 0.5) / STEPS;
    const there = here + lag;
    const apart = Math.floor(there);
    const [a, b] = [blend(here), blend(there - apart)];
    if (apart === 0) sum += (1 - a) * (1 - b) + a * b;
    else if (apart === 1) sum += a * (1 - b);
  }
  return sum / STEPS;
}

/** Allan variance of one octave of unit amplitude and time scale 1, at τ: E[(second difference)²]/2τ². */
function allanVariance(tau: number): number {
  return (6 * autocorrelation(0) - 8 * autocorrelation(tau) + 2 * autocorrelation(2 * tau)) / (2 * tau * tau);
}

/** What octaves of amplitude √T (or T, for power 2) have as Allan variance at 1 s; others would add next to nothing. */
function sumOfOctaves(power: 1 | 2): number {
  let sum = 0;
  for (let octave = -12; octave <= 12; octave += 1) {
    let scale = 1;
    for (let step = 0; step < Math.abs(octave); step += 1) scale *= octave > 0 ? 2 : 0.5;
    // An octave of time scale T, stretched: its variance at τ is that of time scale 1 at τ/T, over T².
    sum += ((power === 1 ? scale : scale * scale) * allanVariance(1 / scale)) / (scale * scale);
  }
  return sum;
}

const WHITE_SUM = sumOfOctaves(1);
const FLICKER_SUM = sumOfOctaves(2);
