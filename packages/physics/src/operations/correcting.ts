import type { Branch } from "../branch.ts";
import { names, oneQubitNoiseSchema } from "../field-schemas.ts";
import { always, operation } from "../operation.ts";

interface CorrectFields {
  readonly qubits: readonly string[];
  readonly oneQubitDepolarising?: number;
}

/** What is due is applied as a gate. */
export const correct = operation<CorrectFields>({
  name: "correct",
  summary: "applies the Paulis that are due on these qubits; a qubit on which none is due has no gate and no noise",
  properties: {
    qubits: names("whose Paulis", 1, 10),
    ...oneQubitNoiseSchema,
  },
  required: ["qubits"],
  plan({ qubits, oneQubitDepolarising = 0 }, context) {
    context.qubits("qubits", qubits);
    return always((branch) => {
      for (const qubit of qubits) applyDue(branch, qubit, oneQubitDepolarising);
    });
  },
});

/** Applies the Pauli that is due on one qubit as one gate with this noise. */
export function applyDue(branch: Branch, qubit: string, depolarising: number): void {
  const due = branch.due(qubit);
  branch.forgive(qubit);
  if (!due.x && !due.z) return;
  branch.pauli(qubit, due);
  branch.depolarise([qubit], depolarising);
}
