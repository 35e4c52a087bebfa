import { OperandError } from "../density-matrix/operand-error.ts";
import type { CliffordMap } from "./clifford-map.ts";
import { applyToOne, applyToTwo } from "./clifford-pass.ts";
import { PauliRows } from "./pauli-rows.ts";

/** The most qubits of one stabilizer state: a tableau of 2 MB. */
export const STABILIZER_QUBITS_MAX = 2000;

/**
 * A stabilizer state of n qubits by its stabilizers and destabilizers (Aaronson & Gottesman 2004): stabilizers commute,
 * and destabilizer r anticommutes with stabilizer r and with no other. Whether two destabilizers commute matters to no
 * operation and is left open.
 * Positions are 0 … n − 1. On any error the state is as it was.
 */
export class Tableau {
  /** The rows themselves, for operations in other files. */
  readonly rows: PauliRows;

  private constructor(rows: PauliRows) {
    this.rows = rows;
  }

  /** All qubits in |0⟩. @throws OperandError when their number is not a whole one up to STABILIZER_QUBITS_MAX. */
  static zeros(size: number): Tableau {
    const tableau = new Tableau(new PauliRows(0));
    tableau.grow(size);
    return tableau;
  }

  /** The state that these rows describe; they are not copied. */
  static ofRows(rows: PauliRows): Tableau {
    return new Tableau(rows);
  }

  /** How many qubits. */
  get size(): number {
    return this.rows.size;
  }

  /** A copy. */
  copy(): Tableau {
    return new Tableau(this.rows.copy());
  }

  /** Adds qubits in |0⟩ after the last. @throws OperandError beyond STABILIZER_QUBITS_MAX. */
  grow(extra: number): void {
    this.#requireRoom(extra);
    const before = this.size;
    const { rows } = this;
    rows.grow(extra);
    for (let qubit = before; qubit < before + extra; qubit += 1) {
      const word = 2 * (qubit >>> 5);
      const bit = 1 << (qubit & 31);
      const x = 2 * qubit * rows.stride + word + 1;
      const z = (2 * qubit + 1) * rows.stride + word;
      rows.bits[x] = (rows.bits[x] as number) | bit;
      rows.bits[z] = (rows.bits[z] as number) | bit;
    }
  }

  /**
   * Takes another state's qubits in, after the last; the other is left as it was.
   * @throws OperandError when it is this state, or beyond STABILIZER_QUBITS_MAX.
   */
  absorb(other: Tableau): void {
    if (other === this) {
      throw new OperandError("repeated", "other", "this state", "a state absorbs another one");
    }
    this.#requireRoom(other.size);
    this.rows.append(other.rows);
  }

  /** X. */
  x(position: number): void {
    const { rows } = this;
    addColumn(rows, this.column("position", position) + rows.stride);
  }

  /** Z. */
  z(position: number): void {
    addColumn(this.rows, this.column("position", position));
  }

  /** Y. */
  y(position: number): void {
    const x = this.column("position", position);
    addColumn(this.rows, x);
    addColumn(this.rows, x + this.rows.stride);
  }

  /** H: exchanges X and Z, and XZ becomes ZX = −XZ. */
  h(position: number): void {
    const { bits, high, words, stride } = this.rows;
    const x = this.column("position", position);
    const z = x + stride;
    for (let at = 0; at < words; at += 1) {
      const xs = bits[x + at] as number;
      const zs = bits[z + at] as number;
      high[at] = (high[at] as number) ^ (xs & zs);
      bits[x + at] = zs;
      bits[z + at] = xs;
    }
  }

  /** S: X becomes Y = i·XZ. */
  s(position: number): void {
    const { stride } = this.rows;
    const x = this.column("position", position);
    quarterTurn(this.rows, x, x + stride, 0);
  }

  /** S†: X becomes −Y. */
  sDagger(position: number): void {
    const { stride } = this.rows;
    const x = this.column("position", position);
    quarterTurn(this.rows, x, x + stride, -1);
  }

  /** √X: Z becomes −Y. */
  sqrtX(position: number): void {
    const { stride } = this.rows;
    const x = this.column("position", position);
    quarterTurn(this.rows, x + stride, x, -1);
  }

  /** √X†: Z becomes Y. */
  sqrtXDagger(position: number): void {
    const { stride } = this.rows;
    const x = this.column("position", position);
    quarterTurn(this.rows, x + stride, x, 0);
  }

  /** √Y: Z becomes X, X becomes −Z. */
  sqrtY(position: number): void {
    this.z(position);
    this.h(position);
  }

  /** √Y†: X becomes Z, Z becomes −X. */
  sqrtYDagger(position: number): void {
    this.h(position);
    this.z(position);
  }

  /** Controlled-X: X of the control brings an X of the target, Z of the target a Z of the control. */
  cx(control: number, target: number): void {
    const { bits, words, stride } = this.rows;
    const xc = this.column("control", control);
    const xt = this.otherColumn("target", target, control);
    const zc = xc + stride;
    const zt = xt + stride;
    for (let at = 0; at < words; at += 1) {
      bits[xt + at] = (bits[xt + at] as number) ^ (bits[xc + at] as number);
      bits[zc + at] = (bits[zc + at] as number) ^ (bits[zt + at] as number);
    }
  }

  /** Controlled-Z. */
  cz(first: number, second: number): void {
    const { bits, high, words, stride } = this.rows;
    const xa = this.column("first", first);
    const xb = this.otherColumn("second", second, first);
    const za = xa + stride;
    const zb = xb + stride;
    for (let at = 0; at < words; at += 1) {
      const a = bits[xa + at] as number;
      const b = bits[xb + at] as number;
      high[at] = (high[at] as number) ^ (a & b);
      bits[za + at] = (bits[za + at] as number) ^ b;
      bits[zb + at] = (bits[zb + at] as number) ^ a;
    }
  }

  /** Exchanges two qubits. */
  swap(first: number, second: number): void {
    const { bits, stride } = this.rows;
    const a = this.column("first", first);
    const b = this.otherColumn("second", second, first);
    for (let at = 0; at < 2 * stride; at += 1) {
      const kept = bits[a + at] as number;
      bits[a + at] = bits[b + at] as number;
      bits[b + at] = kept;
    }
  }

  /** Any Clifford gate on one qubit, as `cliffordOf` gives it. */
  one(position: number, map: CliffordMap): void {
    applyToOne(this.rows, this.column("position", position), map);
  }

  /** Any Clifford gate on two qubits, as `cliffordOfPair` gives it; the first is the more significant. */
  two(first: number, second: number, map: CliffordMap): void {
    const column = this.column("first", first);
    applyToTwo(this.rows, column, this.otherColumn("second", second, first), map);
  }

  /** Where the x column of a qubit begins. @throws OperandError when there is no such position. */
  column(operand: string, position: number): number {
    if (position >>> 0 === position && position < this.rows.size) return 2 * position * this.rows.stride;
    const reason = Number.isNaN(position) ? "not-a-number" : "outside-range";
    const rule = this.size === 0 ? "no qubit is left" : `positions are the whole numbers from 0 to ${this.size - 1}`;
    throw new OperandError(reason, operand, position, rule);
  }

  /** The same for the second qubit of a gate. @throws OperandError also when it is the first again. */
  otherColumn(operand: string, position: number, other: number): number {
    if (position === other) {
      throw new OperandError("repeated", operand, position, "the qubits of one operation are different");
    }
    return this.column(operand, position);
  }

  #requireRoom(extra: number): void {
    const size = this.size + extra;
    if (Number.isInteger(extra) && extra >= 0 && size <= STABILIZER_QUBITS_MAX) return;
    const rule = `a stabilizer state holds 0 to ${STABILIZER_QUBITS_MAX} qubits`;
    throw new OperandError("too-many-qubits", "the number of qubits", size, rule);
  }
}

/** Changes the sign of the rows in a column. */
function addColumn({ bits, high, words }: PauliRows, column: number): void {
  for (let at = 0; at < words; at += 1) high[at] = (high[at] as number) ^ (bits[column + at] as number);
}

/**
 * The rows in one column get a factor i, or −i, and change in the other column.
 * @param negative −1 (all ones) for −i, 0 for i
 */
function quarterTurn(rows: PauliRows, from: number, to: number, negative: number): void {
  const { bits, low, high, words } = rows;
  for (let at = 0; at < words; at += 1) {
    const turned = bits[from + at] as number;
    const before = low[at] as number;
    high[at] = (high[at] as number) ^ ((before ^ negative) & turned);
    low[at] = before ^ turned;
    bits[to + at] = (bits[to + at] as number) ^ turned;
  }
}
