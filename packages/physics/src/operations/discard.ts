import { names } from "../field-schemas.ts";
import { always, operation } from "../operation.ts";

/** Qubits are given up: the rest is what it is when nobody knows anything about them. */
export const discard = operation<{ readonly qubits: readonly string[] }>({
  name: "discard",
  summary: "gives qubits up: they are traced out",
  properties: { qubits: names("who is given up", 1, 10) },
  required: ["qubits"],
  plan({ qubits }, context) {
    context.qubits("qubits", qubits);
    for (const qubit of qubits) context.register.remove(qubit, "unknown");
    return always((branch) => {
      for (const qubit of qubits) branch.discard(qubit);
    });
  },
});
