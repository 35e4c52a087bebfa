import { cos, sin } from "@bellmesh/numerics";

/** A photon number state of several modes, as the mode names with their numbers, and its complex amplitude. */
type Superposition = Map<string, readonly [re: number, im: number]>;

/** A creation operator: amplitudes of the modes into which one photon goes. */
export type Emission = Readonly<Record<string, readonly [re: number, im: number]>>;

/** Photons in each mode; a mode that is not named holds none. */
export type Occupation = ReadonlyMap<string, number>;

const parse = (key: string): Map<string, number> =>
  new Map(
    key
      .split(" ")
      .filter(Boolean)
      .map((word) => {
        const [mode, count] = word.split("=") as [string, string];
        return [mode, Number(count)];
      }),
  );

const print = (occupation: Occupation): string =>
  [...occupation]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([mode, count]) => `${mode}=${count}`)
    .join(" ");

function emitted(state: Superposition, emission: Emission): Superposition {
  const after = new Map<string, readonly [number, number]>();
  for (const [key, [re, im]] of state) {
    for (const [mode, [a, b]] of Object.entries(emission)) {
      const occupation = parse(key);
      const count = occupation.get(mode) ?? 0;
      occupation.set(mode, count + 1);
      const root = Math.sqrt(count + 1);
      const name = print(occupation);
      const [oldRe, oldIm] = after.get(name) ?? [0, 0];
      after.set(name, [oldRe + root * (re * a - im * b), oldIm + root * (re * b + im * a)]);
    }
  }
  return after;
}

/** A state of the two qubits, amplitude by amplitude, and what each of them emits. */
export interface Branch {
  /** |00⟩, |01⟩, |10⟩, |11⟩ are 0 to 3. */
  readonly qubits: number;
  readonly amplitude: number;
  readonly emissions: readonly Emission[];
}

/** Σ of weight × |v⟩⟨v| over what the environment holds, not normalised: 16 entries, real and imaginary parts apart. */
export interface Unnormalised {
  readonly re: number[];
  readonly im: number[];
}

/**
 * The two qubits after the photons have been detected, by brute force in photon number space: each branch's creation
 * operators act on the vacuum, each occupation of all modes is a fact that the environment knows.
 * @param weightOf probability that detectors report the wanted clicks when the modes hold these photons
 */
export function detected(branches: readonly Branch[], weightOf: (occupation: Occupation) => number): Unnormalised {
  const amplitudes = new Map<string, (readonly [number, number])[]>();
  for (const { qubits, amplitude, emissions } of branches) {
    let state: Superposition = new Map([["", [amplitude, 0]]]);
    for (const emission of emissions) state = emitted(state, emission);
    for (const [key, value] of state) {
      const vector = amplitudes.get(key) ?? Array.from({ length: 4 }, () => [0, 0] as const);
      vector[qubits] = value;
      amplitudes.set(key, vector);
    }
  }
  const re = new Array<number>(16).fill(0);
  const im = new Array<number>(16).fill(0);
  for (const [key, vector] of amplitudes) {
    const weight = weightOf(parse(key));
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        const [[a, b], [c, d]] = [vector[row] as [number, number], vector[column] as [number, number]];
        re[4 * row + column] = (re[4 * row + column] as number) + weight * (a * c + b * d);
        im[4 * row + column] = (im[4 * row + column] as number) + weight * (b * c - a * d);
      }
    }
  }
  return { re, im };
}

/**
 * What becomes of a photon on the way to detectors c and d behind a balanced beam splitter. The second end's photon
 * overlaps with the first's with amplitude √V; the rest of it goes to modes of its own, named with an o.
 * @param bin appended to all names
 */
export function stationEmission(end: "a" | "b", eta: number, visibility: number, phaseRad: number, bin = ""): Emission {
  const turned = (size: number): readonly [number, number] => [size * cos(phaseRad), size * sin(phaseRad)];
  const lost = { [`lost-${end}${bin}`]: [Math.sqrt(1 - eta), 0] } as const;
  if (end === "a") return { [`c${bin}`]: turned(Math.sqrt(eta / 2)), [`d${bin}`]: turned(Math.sqrt(eta / 2)), ...lost };
  const [same, other] = [Math.sqrt((eta * visibility) / 2), Math.sqrt((eta * (1 - visibility)) / 2)];
  return {
    ...{ [`c${bin}`]: turned(same), [`d${bin}`]: turned(-same) },
    ...{ [`co${bin}`]: turned(other), [`do${bin}`]: turned(-other) },
    ...lost,
  };
}

/** Probability that a detector reports just one count (of a number-resolving one) or any (of a threshold one). */
export function clickProbability(photons: number, dark: number, isResolving: boolean): number {
  if (!isResolving) return photons > 0 ? 1 : dark;
  return photons === 0 ? dark : photons === 1 ? 1 - dark : 0;
}

/** Probability that a detector reports nothing. */
export function silenceProbability(photons: number, dark: number): number {
  return photons > 0 ? 0 : 1 - dark;
}
