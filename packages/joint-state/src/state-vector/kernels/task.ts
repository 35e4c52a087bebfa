import type { Complex } from "../complex.ts";
import { type KernelName, KernelTable, kernelNumbers } from "./kernel-table.ts";
import { PhaseTable } from "./phase-table.ts";

/** Where amplitudes begin: after one page for factors, tasks, partial sums and phases. */
export const AMPLITUDES_AT = 65_536;
/** Where complex factors begin: room for two of each of 24 gates, or for a 4×4 matrix. */
export const FACTORS_AT = 0;
/** Two factors of one gate. */
const GATE_FACTORS_BYTES = 64;
/** A complex amplitude, and a complex factor. */
export const AMPLITUDE_BYTES = 16;
const FACTOR_BYTES = 32;

const TASK_AT = 8_192;
const SUMS_AT = 16_384;
const [PHASES_AT, CHUNK_PHASES_AT, PHASE_TABLE_AT] = [18_432, 20_480, 32_768];
/** So that the sums of all chunks have room, and a chunk is worth handing to a thread. */
const CHUNKS_MAX = 256;
const CHUNK_BYTES_MIN = 65_536;

/** Places in a task: its kind, then for one pass … */
const [KIND, KERNEL, BYTES, CHUNK, LOW, HIGH, OFFSETS, FACTORS] = [0, 1, 2, 3, 4, 5, 6, 10];
/** … or for gates tile by tile; from GATES on, kernel and bit of each. */
const [GATE_COUNT, QUBITS, TILE_BITS, ROW_BITS, TILES_PER_CHUNK, GATES] = [1, 2, 3, 4, 5, 8];
const [PASS, LOW_TILES, HIGH_TILES, PHASES] = [0, 1, 2, 3];

/** One pass of one kernel over a part of the amplitudes. */
export interface Pass {
  readonly kernel: KernelName;
  /** How many groups there are, in bytes. */
  readonly bytes: number;
  readonly lowSpread: number;
  readonly highSpread: number;
  /** Of a group's amplitudes from its address, beginning with the first amplitude of all. */
  readonly offsets: readonly number[];
}

/** The groups of so many amplitudes that differ in these bits, none, one or two, given as distances in bytes. */
export function groupsOf(
  amplitudes: number,
  bits: readonly number[],
): Pick<Pass, "bytes" | "lowSpread" | "highSpread"> {
  const [first = 0, second = 0] = bits;
  const [low, high] = second === 0 || first < second ? [first, second] : [second, first];
  return { bytes: (AMPLITUDE_BYTES * amplitudes) >> bits.length, lowSpread: -low, highSpread: -high };
}

/** A one-qubit gate on a bit of the amplitudes' number, whose factors stand in memory in the order of the gates. */
export interface TiledGate {
  readonly kernel: "turnByFirst" | "turnBySecond" | "exchange";
  readonly bit: number;
}

/**
 * What is to be done to the amplitudes of one memory, cut into chunks that are independent of one another, so that
 * any thread may do any of them, in any order, and the result is the same. It stands in the memory itself.
 */
export class Task {
  readonly #kernels: KernelTable;
  readonly #task: Int32Array;
  readonly #sums: Float64Array;
  readonly #phases: PhaseTable;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory) {
    this.#kernels = new KernelTable(module, memory);
    this.#task = new Int32Array(memory.buffer, TASK_AT, 64);
    this.#sums = new Float64Array(memory.buffer, SUMS_AT, CHUNKS_MAX);
    this.#phases = new PhaseTable(
      new Float64Array(memory.buffer, PHASE_TABLE_AT, 4_096),
      new Float64Array(memory.buffer, PHASES_AT, 48),
      new Float64Array(memory.buffer, CHUNK_PHASES_AT, 4 * CHUNKS_MAX),
    );
  }

  get kernels(): KernelTable {
    return this.#kernels;
  }

  /** Writes down one pass. Returns the number of its chunks, which depends on its size only. */
  describe(pass: Pass): number {
    const { bytes, offsets } = pass;
    const chunkBytes = Math.max(CHUNK_BYTES_MIN, bytes / CHUNKS_MAX);
    const task = this.#task;
    task[KIND] = PASS;
    task[KERNEL] = kernelNumbers[pass.kernel];
    task[BYTES] = bytes;
    task[CHUNK] = chunkBytes;
    task[LOW] = pass.lowSpread;
    task[HIGH] = pass.highSpread;
    for (let place = 0; place < 4; place += 1) task[OFFSETS + place] = AMPLITUDES_AT + (offsets[place] ?? 0);
    task[FACTORS] = FACTORS_AT;
    return Math.max(1, Math.ceil(bytes / chunkBytes));
  }

  /**
   * Writes down gates that are all applied to one tile, which stays in the cache, before the next tile.
   * Either every gate's bit is below `tileBits`, and a tile is a run of amplitudes; or there are at most 3 gates, in
   * ascending order of bits, all not below `rowBits`, and a tile is the rows of 2^rowBits amplitudes that they join.
   */
  describeTiles(gates: readonly TiledGate[], qubits: number, tileBits: number, rowBits: number | undefined): number {
    const task = this.#task;
    task[KIND] = rowBits === undefined ? LOW_TILES : HIGH_TILES;
    task[GATE_COUNT] = gates.length;
    task[QUBITS] = qubits;
    task[TILE_BITS] = tileBits;
    task[ROW_BITS] = rowBits ?? 0;
    for (const [place, { kernel, bit }] of gates.entries()) {
      task[GATES + 2 * place] = kernelNumbers[kernel];
      task[GATES + 2 * place + 1] = bit;
    }
    return this.#describeChunks(1 << (qubits - tileBits));
  }

  /** Writes down by what the |1⟩ of each qubit is to be multiplied, by bit of the amplitudes' number. */
  describePhases(phases: readonly Complex[]): number {
    const tileBits = this.#phases.write(phases);
    this.#task[KIND] = PHASES;
    this.#task[TILE_BITS] = tileBits;
    return this.#describeChunks(1 << (phases.length - tileBits));
  }

  /** Does one chunk. */
  run(chunk: number): void {
    const kind = this.#task[KIND] as number;
    if (kind === PASS) {
      this.#runPass(chunk);
      return;
    }
    const tiles = this.#task[TILES_PER_CHUNK] as number;
    for (let tile = chunk * tiles; tile < (chunk + 1) * tiles; tile += 1) {
      if (kind === LOW_TILES) this.#runLowTile(tile);
      else if (kind === HIGH_TILES) this.#runHighTile(tile);
      else this.#runPhases(chunk, tile);
    }
  }

  /** The sum of what the chunks of a "weigh" gave, always in the same order. */
  sum(chunks: number): number {
    let sum = 0;
    for (let chunk = 0; chunk < chunks; chunk += 1) sum += this.#sums[chunk] as number;
    return sum;
  }

  #describeChunks(tiles: number): number {
    this.#task[TILES_PER_CHUNK] = Math.max(1, tiles / CHUNKS_MAX);
    return Math.min(tiles, CHUNKS_MAX);
  }

  #runPass(chunk: number): void {
    const task = this.#task;
    const at = (place: number) => task[place] as number;
    const from = chunk * at(CHUNK);
    const to = Math.min(at(BYTES), from + at(CHUNK));
    const kernel = this.#kernels.numbered(at(KERNEL), at(LOW), at(HIGH), to - from);
    const [o0, o1, o2, o3] = [at(OFFSETS), at(OFFSETS + 1), at(OFFSETS + 2), at(OFFSETS + 3)];
    const sum = kernel(from, to, at(LOW), at(HIGH), o0, o1, o2, o3, at(FACTORS));
    this.#sums[chunk] = sum;
  }

  #runLowTile(tile: number): void {
    const bytes = AMPLITUDE_BYTES << ((this.#task[TILE_BITS] as number) - 1);
    for (let gate = 0; gate < (this.#task[GATE_COUNT] as number); gate += 1) {
      const spread = -(AMPLITUDE_BYTES << this.#bitOf(gate));
      this.#runGate(gate, tile * bytes, bytes, spread, AMPLITUDES_AT, AMPLITUDES_AT - spread);
    }
  }

  #runHighTile(tile: number): void {
    const rowBits = this.#task[ROW_BITS] as number;
    const gates = this.#task[GATE_COUNT] as number;
    let base = tile << rowBits;
    for (let gate = 0; gate < gates; gate += 1) base += base & -(1 << this.#bitOf(gate));
    for (let gate = 0; gate < gates; gate += 1) {
      for (let row = 0; row < 1 << gates; row += 1) {
        if (((row >> gate) & 1) === 1) continue;
        let first = base;
        for (let other = 0; other < gates; other += 1) first += ((row >> other) & 1) << this.#bitOf(other);
        const address = AMPLITUDES_AT + first * AMPLITUDE_BYTES;
        this.#runGate(
          gate,
          0,
          AMPLITUDE_BYTES << rowBits,
          0,
          address,
          address + (AMPLITUDE_BYTES << this.#bitOf(gate)),
        );
      }
    }
  }

  #runGate(gate: number, from: number, bytes: number, spread: number, zero: number, one: number): void {
    const kernel = this.#kernels.numbered(this.#task[GATES + 2 * gate] as number, spread, 0, bytes);
    kernel(from, from + bytes, spread, 0, zero, one, 0, 0, FACTORS_AT + gate * GATE_FACTORS_BYTES);
  }

  #runPhases(chunk: number, tile: number): void {
    const tileBits = this.#task[TILE_BITS] as number;
    const bytes = AMPLITUDE_BYTES << tileBits;
    this.#phases.writeTile(chunk, tile, tileBits);
    const kernel = this.#kernels.numbered(kernelNumbers.phase, 0, 0, bytes);
    const factor = CHUNK_PHASES_AT + FACTOR_BYTES * chunk;
    kernel(0, bytes, 0, 0, AMPLITUDES_AT + tile * bytes, PHASE_TABLE_AT, 0, 0, factor);
  }

  #bitOf(gate: number): number {
    return this.#task[GATES + 2 * gate + 1] as number;
  }
}
