import { OperandError } from "../density-matrix/operand-error.ts";
import { certainAxis, expectation, remove } from "./pauli-measurement.ts";
import { type PauliRows, wordOf } from "./pauli-rows.ts";
import { Tableau } from "./tableau.ts";

/**
 * Brings the stabilizers into reduced row echelon form, columns in the order x₀ z₀ x₁ z₁ …; the state is the same.
 * The form is unique. Of a product state the stabilizer group is a direct product, so its form is that of the parts
 * laid together: no row of it reaches over two parts.
 */
function reduceRows(rows: PauliRows): void {
  const used = new Int32Array(rows.words);
  const mask = new Int32Array(rows.words);
  const free = new Int32Array(rows.words);
  for (let column = 0; column < 2 * rows.size; column += 1) {
    const base = column * rows.stride;
    for (let word = 0; word < rows.words; word += 2) {
      mask[word] = rows.bits[base + word] as number;
      free[word] = (mask[word] as number) & ~(used[word] as number);
    }
    const pivot = rows.first(free);
    if (pivot < 0) continue;
    const word = wordOf(pivot);
    const bit = 1 << (pivot & 31);
    used[word] = (used[word] as number) | bit;
    mask[word] = (mask[word] as number) & ~bit;
    rows.multiply(mask, word, pivot & 31);
    rows.gatherDestabilizers(pivot, mask);
  }
}

/**
 * The finest split of the positions into groups of which the state is the product, each in rising order.
 * @returns one group of all positions when nothing can be split off; none for no qubits
 */
export function factorsOf(tableau: Tableau): number[][] {
  const { rows } = tableau;
  reduceRows(rows);
  const owner = Array.from({ length: rows.size }, (_, qubit) => qubit);
  const find = (qubit: number): number => {
    let root = qubit;
    while (owner[root] !== root) root = owner[root] as number;
    owner[qubit] = root;
    return root;
  };
  const firstOfRow = new Int32Array(rows.size).fill(-1);
  for (let qubit = 0; qubit < rows.size; qubit += 1) {
    for (const row of rowsOn(rows, qubit)) {
      if (firstOfRow[row] === -1) firstOfRow[row] = qubit;
      else owner[find(qubit)] = find(firstOfRow[row] as number);
    }
  }
  const groups = new Map<number, number[]>();
  for (let qubit = 0; qubit < rows.size; qubit += 1) {
    const root = find(qubit);
    const group = groups.get(root);
    if (group) group.push(qubit);
    else groups.set(root, [qubit]);
  }
  return [...groups.values()];
}

/**
 * The state of some qubits and that of the rest, when the state is their product.
 * @param positions some different ones, but not all, in the order of the part; the rest keeps its order
 * @returns undefined when they are entangled with the rest
 */
export function productParts(
  tableau: Tableau,
  positions: readonly number[],
): { readonly part: Tableau; readonly rest: Tableau } | undefined {
  const { rows } = tableau;
  for (const position of positions) tableau.column("position", position);
  const inPart = new Set(positions);
  if (inPart.size < positions.length) {
    throw new OperandError("repeated", "positions", positions, "a part has each qubit once");
  }
  reduceRows(rows);
  const reaches = [new Set<number>(), new Set<number>()] as const;
  for (let qubit = 0; qubit < rows.size; qubit += 1) {
    for (const row of rowsOn(rows, qubit)) reaches[inPart.has(qubit) ? 0 : 1].add(row);
  }
  for (const row of reaches[0]) if (reaches[1].has(row)) return undefined;
  const others = Array.from({ length: rows.size }, (_, qubit) => qubit).filter((qubit) => !inPart.has(qubit));
  return {
    part: Tableau.ofRows(rows.part([...reaches[0]], positions)),
    rest: Tableau.ofRows(rows.part([...reaches[1]], others)),
  };
}

/**
 * Takes out one qubit that is entangled with nothing; the last qubit takes its position.
 * @returns its state, a tableau of one qubit; undefined when it is entangled, and then nothing has changed.
 */
export function splitOne(tableau: Tableau, position: number): Tableau | undefined {
  const axis = certainAxis(tableau, position);
  if (!axis) return undefined;
  const single = Tableau.zeros(1);
  if (expectation(tableau, [{ position, axis }]) < 0) single.x(0);
  if (axis === "x") {
    tableau.h(position);
    single.h(0);
  } else if (axis === "y") {
    tableau.sqrtX(position);
    single.sqrtXDagger(0);
  }
  remove(tableau, position);
  return single;
}

/** The stabilizers that are not the identity on a qubit. */
function rowsOn(rows: PauliRows, qubit: number): number[] {
  const found: number[] = [];
  const x = 2 * qubit * rows.stride;
  for (let word = 0; word < rows.words; word += 2) {
    let left = (rows.bits[x + word] as number) | (rows.bits[x + rows.stride + word] as number);
    while (left !== 0) {
      found.push(16 * word + 31 - Math.clz32(left & -left));
      left &= left - 1;
    }
  }
  return found;
}
