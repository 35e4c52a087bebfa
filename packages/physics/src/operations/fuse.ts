import { name, readoutSchemas, twoQubitNoiseSchema } from "../field-schemas.ts";
import { operation } from "../operation.ts";
import { cnot } from "./bell-measuring.ts";
import { measureAlong } from "./measure.ts";

interface FuseFields {
  readonly keep: string;
  readonly measure: string;
  readonly name?: string;
  readonly twoQubitDepolarising?: number;
  readonly p01?: number;
  readonly p10?: number;
}

/** GHZ fusion: two pairs or GHZ states that meet in one node become one GHZ state. */
export const fuse = operation<FuseFields>({
  name: "fuse",
  summary: "CNOT from a qubit of one group to a qubit of another, which is measured: two GHZ states become one",
  properties: {
    keep: name("the control; it stays"),
    measure: name("the target; it is measured in Z, and X is due on the rest of its group when it reads 1"),
    name: name("of the new group"),
    ...twoQubitNoiseSchema,
    ...readoutSchemas,
  },
  required: ["keep", "measure"],
  plan(fields, context) {
    const { keep, measure: measured, twoQubitDepolarising = 0 } = fields;
    const { register, label } = context;
    context.qubit("keep", keep);
    context.qubit("measure", measured);
    const group = register.groupOf(measured);
    if (!group || group === register.groupOf(keep)) {
      throw context.error("measure", `${measured} is in one group with ${keep}`, "fuse two different groups");
    }
    const others = group.qubits.filter((qubit) => qubit !== measured);
    register.apply(cnot, [keep, measured]);
    register.remove(measured, "zero");
    const fused = register.groupOf(keep);
    if (fused) context.groupName("name", fused, fields.name);
    return (branch, record) => {
      branch.gate(cnot, [keep, measured]);
      branch.depolarise([keep, measured], twoQubitDepolarising);
      return measureAlong(branch, measured, "z", fields).map(({ bit, branch: left }) => {
        record.outcome(bit ? "1" : "0", left.probability);
        if (bit) for (const other of others) left.makeDue(other, { x: true, z: false });
        return left.reported(label, bit ? "1" : "0");
      });
    };
  },
});
