/** Memory is taken so much at a time, for all messages that are not longer than half of it. */
export const CHUNK_BYTES = 65_536;

/** One encoded message in flight. Its memory is reused once everyone who holds it has released it. */
export class Parcel {
  readonly chunk: Chunk;
  readonly start: number;
  readonly end: number;

  constructor(chunk: Chunk, start: number, end: number) {
    this.chunk = chunk;
    this.start = start;
    this.end = end;
  }

  /** A parcel of bytes that are there already. */
  static of(bytes: Uint8Array): Parcel {
    const chunk = new Chunk(0, bytes);
    chunk.held = 1;
    return new Parcel(chunk, 0, bytes.length);
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Adds a holder. */
  hold(): void {
    this.chunk.held += 1;
  }

  release(): void {
    this.chunk.release();
  }

  /** The bytes, in memory of their own. */
  copy(): Uint8Array {
    return this.chunk.octets.slice(this.start, this.end);
  }
}

/** Memory for many messages; counts those still in flight. */
export class Chunk {
  readonly octets: Uint8Array;
  readonly view: DataView;
  held = 0;
  #spare: Chunk[] | undefined;

  constructor(length: number, octets: Uint8Array = new Uint8Array(length)) {
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  /** Nothing more will be written here; once nobody holds a part of it, it goes to `spare`. */
  retire(spare: Chunk[]): void {
    if (this.octets.length !== CHUNK_BYTES) return;
    if (this.held === 0) spare.push(this);
    else this.#spare = spare;
  }

  release(): void {
    this.held -= 1;
    if (this.held === 0 && this.#spare !== undefined) {
      this.#spare.push(this);
      this.#spare = undefined;
    }
  }
}
