import type { Matrix2 } from "../unitary.ts";
import type { Complex } from "./complex.ts";
import type { TiledGate } from "./kernels/task.ts";
import type { Workspace } from "./kernels/workspace.ts";
import { fused, oneQubitGate } from "./one-qubit-gate.ts";

/** Tiles of 2^12 amplitudes, 64 KiB, stay in the cache of a core while all gates are applied to them. */
const TILE_BITS = 12;
/** Rows at distances of powers of two fall into the same sets of a cache, which has room for eight or so. */
const HIGH_GATES_MAX = 3;
const FACTORS_OF_A_GATE = 2;

/**
 * One-qubit gates that wait until somebody looks: several on one qubit become one, and those on different qubits are
 * applied together, tile by tile, so that the amplitudes pass through the memory bus once for many gates.
 */
export class WaitingGates {
  /** By bit of the amplitudes' number. */
  readonly #gates = new Map<number, Matrix2>();

  get isEmpty(): boolean {
    return this.#gates.size === 0;
  }

  /** A gate on a bit, after all that wait there. */
  add(bit: number, gate: Matrix2): void {
    const earlier = this.#gates.get(bit);
    this.#gates.set(bit, earlier ? fused(earlier, gate) : gate);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#gates.clear();
  }

  /**
   * Applies all of them, after the phases that wait at the qubits' |1⟩, by bit, and leaves others there.
   * Returns by what the squared norm has grown.
   */
  apply(workspace: Workspace, phases: Complex[], severalThreads: boolean): number {
    const gates: WaitingGate[] = [];
    let growth = 1;
    for (const [bit, matrix] of Array.from(this.#gates.entries()).sort(([bit], [other]) => bit - other)) {
      const gate = oneQubitGate(matrix, phases[bit] as Complex);
      phases[bit] = gate.phase;
      growth *= gate.growth;
      if (gate.kernel) gates.push({ bit, kernel: gate.kernel, factors: gate.factors });
    }
    this.#gates.clear();
    const qubits = phases.length;
    const tileBits = Math.min(TILE_BITS, qubits);
    const low = gates.filter(({ bit }) => bit < tileBits);
    if (low.length > 0) {
      writeFactors(workspace, low);
      workspace.runTiles(low, qubits, tileBits, undefined, severalThreads);
    }
    const high = gates.slice(low.length);
    for (let from = 0; from < high.length; from += HIGH_GATES_MAX) {
      const together = high.slice(from, from + HIGH_GATES_MAX);
      writeFactors(workspace, together);
      workspace.runTiles(together, qubits, tileBits, tileBits - together.length, severalThreads);
    }
    return growth;
  }
}

interface WaitingGate extends TiledGate {
  readonly factors: readonly Complex[];
}

function writeFactors(workspace: Workspace, gates: readonly WaitingGate[]): void {
  for (const [place, { factors }] of gates.entries()) {
    for (const [index, { real, imaginary }] of factors.entries()) {
      workspace.setFactor(place * FACTORS_OF_A_GATE + index, real, imaginary);
    }
  }
}
