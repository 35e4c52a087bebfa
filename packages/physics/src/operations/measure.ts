import type { Axis } from "@bellmesh/bell";
import type { Branch } from "../branch.ts";
import { type FlatMatrix, product } from "../complex-matrix.ts";
import { name, readoutSchemas, word } from "../field-schemas.ts";
import { fixedGates } from "../named-gates.ts";
import { operation } from "../operation.ts";
import { hadamard, readoutOf } from "./bell-measuring.ts";

interface MeasureFields {
  readonly qubit: string;
  readonly basis?: Axis;
  readonly keep?: 0 | 1;
  readonly p01?: number;
  readonly p10?: number;
}

/** A measurement of one qubit, which is gone afterwards. */
export const measure = operation<MeasureFields>({
  name: "measure",
  summary: "measures a qubit, which is gone; the bit that it reports has what was due taken into account",
  properties: {
    qubit: name("who is measured"),
    basis: { ...word("the axis; the +1 eigenstate reads 0", ["x", "y", "z"]), default: "z" },
    keep: { enum: [0, 1], description: "go on only with this bit" },
    ...readoutSchemas,
  },
  required: ["qubit"],
  plan(fields, context) {
    const { qubit, basis = "z", keep } = fields;
    context.qubit("qubit", qubit);
    context.register.remove(qubit, "unknown");
    context.addBit();
    return (branch, record) =>
      measureAlong(branch, qubit, basis, fields).flatMap(({ bit, branch: left }) => {
        record.outcome(bit ? "1" : "0", left.probability);
        if (keep !== undefined && (keep === 1) !== bit) return [];
        return [left.reported(context.label, bit ? "1" : "0")];
      });
  },
});

const turns: Readonly<Record<Axis, FlatMatrix | undefined>> = {
  x: hadamard,
  y: product(hadamard, fixedGates.sdg as FlatMatrix),
  z: undefined,
};

/** Measures along an axis; the bit is what it would have been after what was due. */
export function measureAlong(
  branch: Branch,
  qubit: string,
  basis: Axis,
  readout: { readonly p01?: number; readonly p10?: number },
): readonly { readonly bit: boolean; readonly branch: Branch }[] {
  const due = branch.due(qubit);
  const isFlipped = basis === "x" ? due.z : basis === "z" ? due.x : due.x !== due.z;
  const turn = turns[basis];
  if (turn) branch.apply(turn, [qubit]);
  return branch
    .measure(qubit, readoutOf(readout))
    .map(({ bit, branch: left }) => ({ bit: bit !== isFlipped, branch: left }));
}
