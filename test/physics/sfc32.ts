/**
 * A generator of its own for the Monte Carlo, so that it shares no chance with what it checks: Chris Doty-Humphrey's
 * small fast counting generator (PractRand), 32 bits a word.
 */
export class Sfc32 {
  #a: number;
  #b = 0x9e3779b9;
  #c = 0x243f6a88;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let round = 0; round < 20; round += 1) this.#word();
  }

  /** Uniform on [0, 1) with 53 bits. */
  uniform(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** The number of trials to the first success, by inversion: P(N > n) = (1 − p)^n. */
  trialsToSuccess(probability: number): number {
    return Math.max(1, Math.ceil(Math.log1p(-this.uniform()) / Math.log1p(-probability)));
  }

  #word(): number {
    const word = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + word;
    return word;
  }
}
