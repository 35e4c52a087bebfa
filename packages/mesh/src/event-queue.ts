/** Something that happens at an instant. */
export interface WorldEvent {
  occur(): void;
}

/** Names an event that waits; valid until the event has been taken or cancelled. */
export type Ticket = number;

const INITIAL_CAPACITY = 1024;

/**
 * The pending events of a world, or of one process, in total order: by instant, then by the order in which they were
 * pushed.
 *
 * Events in the future stand in a 4-ary heap on typed arrays. Events at the current instant stand in a ring:
 * whatever the heap holds for this instant was pushed before this instant began, so it goes first, and nothing
 * pushed at the current instant ever needs the heap. Cancelling removes at once and leaves nothing behind.
 */
export class EventQueue<T> {
  /** The current instant in ns: that of the event taken last. */
  now = 0;

  #count = 0;
  #pushed = 0;
  /** By place in the heap: instant, order of pushing, slot. */
  #instants = new Float64Array(INITIAL_CAPACITY);
  #orders = new Float64Array(INITIAL_CAPACITY);
  #slots = new Int32Array(INITIAL_CAPACITY);
  /** By slot: place in the heap, or the next free slot; and the event itself. */
  #places = new Int32Array(INITIAL_CAPACITY);
  #events: (T | undefined)[] = [];
  #freeSlot = -1;

  /** The events of this instant: those from `#head` to `#tail`, both counted on without end within the instant. */
  #ring: (T | undefined)[] = new Array(INITIAL_CAPACITY).fill(undefined);
  #mask = INITIAL_CAPACITY - 1;
  #head = 0;
  #tail = 0;
  #cancelled = 0;

  /** How many events wait. */
  get size(): number {
    return this.#count + this.#tail - this.#head - this.#cancelled;
  }

  /** The instant of the next event, or Infinity when none waits. */
  get nextNs(): number {
    if (this.#tail - this.#head > this.#cancelled) return this.now;
    return this.#count > 0 ? (this.#instants[0] as number) : Number.POSITIVE_INFINITY;
  }

  /**
   * Adds an event at an instant in ns.
   * @throws RangeError when the instant is before `now`, or no number.
   */
  push(atNs: number, event: T): Ticket {
    if (atNs > this.now) return this.#pushLater(atNs, event);
    if (atNs !== this.now) throw new RangeError(`an event at ${atNs} ns is before now, ${this.now} ns`);
    if (this.#tail - this.#head > this.#mask) this.#growRing();
    this.#ring[this.#tail & this.#mask] = event;
    this.#tail += 1;
    return -this.#tail;
  }

  /** Takes the next event and moves `now` to its instant; undefined when none waits. */
  pop(): T | undefined {
    if (this.#count > 0 && this.#instants[0] === this.now) return this.#take();
    while (this.#head !== this.#tail) {
      const place = this.#head & this.#mask;
      const event = this.#ring[place];
      this.#ring[place] = undefined;
      this.#head += 1;
      if (this.#head === this.#tail) {
        this.#head = 0;
        this.#tail = 0;
      }
      if (event !== undefined) return event;
      this.#cancelled -= 1;
    }
    if (this.#count === 0) return undefined;
    this.now = this.#instants[0] as number;
    return this.#take();
  }

  /**
   * Moves `now` on without an event.
   * @throws RangeError when that would go back, or pass an event that waits.
   */
  advance(toNs: number): void {
    if (!(toNs >= this.now && toNs <= this.nextNs)) {
      throw new RangeError(`cannot go from ${this.now} ns to ${toNs} ns, the next event is at ${this.nextNs} ns`);
    }
    this.now = toNs;
  }

  /** Takes an event back that still waits. */
  cancel(ticket: Ticket): void {
    if (ticket < 0) {
      this.#ring[(-ticket - 1) & this.#mask] = undefined;
      this.#cancelled += 1;
      return;
    }
    const place = this.#places[ticket] as number;
    this.#freeUp(ticket);
    this.#remove(place);
  }

  #pushLater(atNs: number, event: T): Ticket {
    const slot = this.#takeSlot();
    this.#events[slot] = event;
    const order = this.#pushed++;
    this.#siftUp(this.#count++, atNs, order, slot);
    return slot;
  }

  #take(): T {
    const slot = this.#slots[0] as number;
    const event = this.#events[slot] as T;
    this.#freeUp(slot);
    this.#remove(0);
    return event;
  }

  /** Fills the gap at a place of the heap with its last entry. */
  #remove(place: number): void {
    const last = --this.#count;
    if (place === last) return;
    const atNs = this.#instants[last] as number;
    const order = this.#orders[last] as number;
    const slot = this.#slots[last] as number;
    if (place > 0) {
      const parent = (place - 1) >> 2;
      const parentNs = this.#instants[parent] as number;
      if (parentNs > atNs || (parentNs === atNs && (this.#orders[parent] as number) > order)) {
        this.#siftUp(place, atNs, order, slot);
        return;
      }
    }
    this.#siftDown(place, atNs, order, slot);
  }

  #siftUp(from: number, atNs: number, order: number, slot: number): void {
    const instants = this.#instants;
    const orders = this.#orders;
    const slots = this.#slots;
    const places = this.#places;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const parentNs = instants[parent] as number;
      if (parentNs < atNs || (parentNs === atNs && (orders[parent] as number) < order)) break;
      const parentSlot = slots[parent] as number;
      instants[place] = parentNs;
      orders[place] = orders[parent] as number;
      slots[place] = parentSlot;
      places[parentSlot] = place;
      place = parent;
    }
    instants[place] = atNs;
    orders[place] = order;
    slots[place] = slot;
    places[slot] = place;
  }

  #siftDown(from: number, atNs: number, order: number, slot: number): void {
    const instants = this.#instants;
    const orders = this.#orders;
    const slots = this.#slots;
    const places = this.#places;
    const count = this.#count;
    let place = from;
    for (;;) {
      const first = (place << 2) + 1;
      if (first >= count) break;
      let least = first;
      let leastNs = instants[first] as number;
      const end = Math.min(first + 4, count);
      for (let child = first + 1; child < end; child++) {
        const childNs = instants[child] as number;
        if (childNs < leastNs || (childNs === leastNs && (orders[child] as number) < (orders[least] as number))) {
          least = child;
          leastNs = childNs;
        }
      }
      if (leastNs > atNs || (leastNs === atNs && (orders[least] as number) > order)) break;
      const leastSlot = slots[least] as number;
      instants[place] = leastNs;
      orders[place] = orders[least] as number;
      slots[place] = leastSlot;
      places[leastSlot] = place;
      place = least;
    }
    instants[place] = atNs;
    orders[place] = order;
    slots[place] = slot;
    places[slot] = place;
  }

  #takeSlot(): number {
    const slot = this.#freeSlot;
    if (slot >= 0) {
      this.#freeSlot = this.#places[slot] as number;
      return slot;
    }
    const next = this.#events.length;
    if (next === this.#places.length) this.#growHeap();
    this.#events.push(undefined);
    return next;
  }

  #freeUp(slot: number): void {
    this.#events[slot] = undefined;
    this.#places[slot] = this.#freeSlot;
    this.#freeSlot = slot;
  }

  #growHeap(): void {
    const capacity = this.#places.length * 2;
    this.#instants = grown(this.#instants, new Float64Array(capacity));
    this.#orders = grown(this.#orders, new Float64Array(capacity));
    this.#slots = grown(this.#slots, new Int32Array(capacity));
    this.#places = grown(this.#places, new Int32Array(capacity));
  }

  #growRing(): void {
    const capacity = this.#ring.length * 2;
    const ring: (T | undefined)[] = new Array(capacity).fill(undefined);
    for (let index = this.#head; index < this.#tail; index++) {
      ring[index & (capacity - 1)] = this.#ring[index & this.#mask];
    }
    this.#ring = ring;
    this.#mask = capacity - 1;
  }
}

function grown<A extends Float64Array | Int32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
