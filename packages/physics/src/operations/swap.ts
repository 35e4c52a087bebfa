import { type BellName, bellName } from "@bellmesh/bell";
import { name, names, readoutSchemas, twoQubitNoiseSchema, word } from "../field-schemas.ts";
import { operation } from "../operation.ts";
import { type BellMeasuringNoise, bellMeasure, bellNames, cnot, hadamard } from "./bell-measuring.ts";

interface SwapFields extends BellMeasuringNoise {
  readonly qubits: readonly [string, string];
  readonly name?: string;
  readonly detects?: readonly BellName[];
}

/** Entanglement swapping: the far halves become a pair, and the outcome is due on the second of them. */
export const swap = operation<SwapFields>({
  name: "swap",
  summary: "a Bell measurement of one half of each of two pairs; X^x Z^z of the outcome becomes due on the far half",
  properties: {
    qubits: names("the two halves that are measured; the second is half of a pair", 2, 2),
    name: name("of the new pair"),
    detects: {
      type: "array",
      items: word("an outcome", bellNames),
      minItems: 1,
      description: "outcomes that count, all when absent; linear optics has psi+ and psi-",
    },
    ...twoQubitNoiseSchema,
    ...readoutSchemas,
  },
  required: ["qubits"],
  plan(fields, context) {
    const [first, second] = fields.qubits;
    context.qubits("qubits", fields.qubits);
    const { register, label } = context;
    const pair = register.groupOf(second);
    const far = pair?.qubits.find((qubit) => qubit !== second);
    if (pair?.qubits.length !== 2 || far === undefined || far === first) {
      throw context.error("qubits[1]", `${second} is not half of another pair`, "name a half of each of two pairs");
    }
    register.apply(cnot, [first, second]);
    register.apply(hadamard, [first]);
    register.remove(second, "zero");
    register.remove(first, "zero");
    const group = register.groupOf(far);
    if (group) context.groupName("name", group, fields.name);
    return (branch, record) =>
      bellMeasure(branch, first, second, fields).flatMap(({ index, branch: left }) => {
        const outcome = bellName(index);
        record.outcome(outcome, left.probability);
        if (fields.detects && !fields.detects.includes(outcome)) return [];
        left.makeDue(far, index);
        return [left.reported(label, outcome)];
      });
  },
});
