import { memorySchemas, names, notNegative } from "../field-schemas.ts";
import { always, operation } from "../operation.ts";

interface WaitFields {
  readonly qubits: readonly string[];
  readonly tS: number;
  readonly t1S?: number;
  readonly t2S?: number;
}

/** Qubits lie in memory: amplitude damping towards |0⟩ and dephasing, exact and not twirled. */
export const wait = operation<WaitFields>({
  name: "wait",
  summary: "qubits wait: relaxation to |0⟩ with T1, coherences e^(−t/T2) in all",
  properties: {
    qubits: names("who waits", 1, 10),
    tS: notNegative("how long, in seconds"),
    ...memorySchemas,
  },
  required: ["qubits", "tS"],
  plan({ qubits, tS, t1S, t2S }, context) {
    context.qubits("qubits", qubits);
    const decay = context.decay("t2S", tS, t1S, t2S);
    return always((branch) => {
      for (const qubit of qubits) branch.wait(qubit, decay);
    });
  },
});
