import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Complex } from "../complex.ts";
import { Crew } from "./crew.ts";
import { writeFactor } from "./phase-table.ts";
import { AMPLITUDE_BYTES, AMPLITUDES_AT, FACTORS_AT, type Pass, Task, type TiledGate } from "./task.ts";

const PAGE_BYTES = 65_536;
/** A memory may hold 2^24 amplitudes; address space is reserved, pages are taken when first written. */
const PAGES_MAX = 4_097;
/** Larger memories are worth giving back: at most one of them waits to be used again. */
const LARGE_BYTES = 1_048_576;
const POOLED_MAX = 32;
/** Passes over less are over before another thread is awake. */
const SHARED_BYTES_MIN = 1_048_576;
const HELPERS_MAX = 7;

/** Compiled once per process; threads share it. */
const module = new WebAssembly.Module(readFileSync(new URL("./kernels.wasm", import.meta.url)));
const pool: Workspace[] = [];
let crew: Crew | undefined;

/** Threads are started when first needed, as many as there are other cores. */
function presentCrew(): Crew {
  crew ??= new Crew(Math.min(HELPERS_MAX, availableParallelism() - 1), module);
  return crew;
}

/** A memory for amplitudes, and the kernels on it. */
export class Workspace {
  readonly #memory: WebAssembly.Memory;
  readonly #task: Task;
  /** The whole memory; a new view after it has grown. */
  #doubles: Float64Array;
  /** Bytes of amplitudes, from the first, that may be other than zero. */
  #usedBytes = 0;

  private constructor(bytes: number) {
    this.#memory = new WebAssembly.Memory({ initial: pagesFor(bytes), maximum: PAGES_MAX, shared: true });
    this.#task = new Task(module, this.#memory);
    this.#doubles = new Float64Array(this.#memory.buffer);
  }

  /** A workspace whose first so many amplitudes are zero: one that was released, or a new one. */
  static take(amplitudes: number): Workspace {
    const large = amplitudes * AMPLITUDE_BYTES > LARGE_BYTES;
    const index = pool.findIndex((workspace) => large === workspace.#isLarge);
    const workspace = index < 0 ? new Workspace(amplitudes * AMPLITUDE_BYTES) : (pool.splice(index, 1)[0] as Workspace);
    workspace.reserve(0, amplitudes);
    return workspace;
  }

  /** Ends its use, so that another may take it. */
  release(): void {
    if (this.#isLarge && pool.some((workspace) => workspace.#isLarge)) return;
    if (this.#isLarge || pool.length < POOLED_MAX) pool.push(this);
  }

  /** Makes room for so many amplitudes, of which those after the first `kept` are zero. */
  reserve(kept: number, amplitudes: number): void {
    const bytes = amplitudes * AMPLITUDE_BYTES;
    const missing = pagesFor(bytes) - this.#doubles.byteLength / PAGE_BYTES;
    if (missing > 0) {
      this.#memory.grow(missing);
      this.#doubles = new Float64Array(this.#memory.buffer);
    }
    this.#wipe(kept * AMPLITUDE_BYTES, Math.min(bytes, this.#usedBytes));
    this.#usedBytes = Math.max(this.#usedBytes, bytes);
  }

  /** Whether this is a large memory of which so many amplitudes are but a small part. */
  isWastedOn(amplitudes: number): boolean {
    return this.#isLarge && amplitudes * AMPLITUDE_BYTES * 8 <= this.#doubles.byteLength - AMPLITUDES_AT;
  }

  /** Real and imaginary parts in turn of the first so many amplitudes; until the memory grows. */
  amplitudes(count: number): Float64Array {
    return this.#doubles.subarray(AMPLITUDES_AT / 8, AMPLITUDES_AT / 8 + 2 * count);
  }

  /** Writes factor number `index` for the next pass. */
  setFactor(index: number, real: number, imaginary: number): void {
    writeFactor(this.#doubles, FACTORS_AT / 32 + index, real, imaginary);
  }

  /** One pass of a kernel, on this thread or, where that is sooner, on several; the result is the same. */
  run(pass: Pass, severalThreads: boolean): void {
    const { kernel, bytes, lowSpread, highSpread, offsets } = pass;
    if (severalThreads && bytes >= SHARED_BYTES_MIN) {
      this.#runChunks(this.#task.describe(pass), true);
      return;
    }
    const [o0, o1, o2, o3] = [offsets[0] ?? 0, offsets[1] ?? 0, offsets[2] ?? 0, offsets[3] ?? 0];
    const base = AMPLITUDES_AT;
    const run = this.#task.kernels.get(kernel, lowSpread, highSpread, bytes);
    run(0, bytes, lowSpread, highSpread, base + o0, base + o1, base + o2, base + o3, FACTORS_AT);
  }

  /** The sum that the "weigh" of a part of the amplitudes gives, chunk by chunk. */
  sum(part: Omit<Pass, "kernel">, severalThreads: boolean): number {
    const chunks = this.#task.describe({ ...part, kernel: "weigh" });
    this.#runChunks(chunks, severalThreads && part.bytes >= SHARED_BYTES_MIN);
    return this.#task.sum(chunks);
  }

  /** One-qubit gates tile by tile, as `Task.describeTiles` has it; two factors of each are written before. */
  runTiles(
    gates: readonly TiledGate[],
    qubits: number,
    tileBits: number,
    rowBits: number | undefined,
    severalThreads: boolean,
  ): void {
    const chunks = this.#task.describeTiles(gates, qubits, tileBits, rowBits);
    this.#runChunks(chunks, severalThreads && AMPLITUDE_BYTES << qubits >= SHARED_BYTES_MIN);
  }

  /** Multiplies by the phases of all qubits' |1⟩, by bit of the amplitudes' number, in one pass. */
  runPhases(phases: readonly Complex[], severalThreads: boolean): void {
    const chunks = this.#task.describePhases(phases);
    this.#runChunks(chunks, severalThreads && AMPLITUDE_BYTES << phases.length >= SHARED_BYTES_MIN);
  }

  #runChunks(chunks: number, severalThreads: boolean): void {
    if (severalThreads) {
      presentCrew().run(this.#memory, this.#task, chunks);
      return;
    }
    for (let chunk = 0; chunk < chunks; chunk += 1) this.#task.run(chunk);
  }

  get #isLarge(): boolean {
    return this.#doubles.byteLength > LARGE_BYTES + PAGE_BYTES;
  }

  #wipe(fromBytes: number, toBytes: number): void {
    if (fromBytes >= toBytes) return;
    const wipe = this.#task.kernels.get("wipe", 0, 0, 0);
    wipe(AMPLITUDES_AT + fromBytes, AMPLITUDES_AT + toBytes, 0, 0, 0, 0, 0, 0, 0);
  }
}

function pagesFor(bytes: number): number {
  return 1 + Math.max(1, Math.ceil(bytes / PAGE_BYTES));
}
