import { expm1, log1p } from "@bellmesh/numerics";
import { fourWeights, name, names, probability } from "../field-schemas.ts";
import { always, operation } from "../operation.ts";

/** One or two qubits are replaced by the maximally mixed state, together. */
export const depolarise = operation<{ readonly qubits: readonly string[]; readonly probability: number }>({
  name: "depolarise",
  summary: "one qubit, or two together, are replaced by the maximally mixed state with a probability",
  properties: {
    qubits: names("one qubit, or two that are replaced together", 1, 2),
    probability: probability("p in ρ → (1 − p)ρ + p·I/d"),
  },
  required: ["qubits", "probability"],
  plan(fields, context) {
    context.qubits("qubits", fields.qubits);
    return always((branch) => branch.depolarise(fields.qubits, fields.probability));
  },
});

interface DephaseFields {
  readonly qubits: readonly string[];
  readonly probability: number;
  readonly times?: number;
}

/** Z with a probability, many times over. */
export const dephase = operation<DephaseFields>({
  name: "dephase",
  summary: "Z happens with a probability, once or so many times, as a stored spin has it from every attempt",
  properties: {
    qubits: names("each on its own", 1, 10),
    probability: probability("of Z, each time"),
    times: { type: "integer", minimum: 0, maximum: 1e15, default: 1, description: "how often" },
  },
  required: ["qubits", "probability"],
  plan({ qubits, probability: each, times = 1 }, context) {
    context.qubits("qubits", qubits);
    const flip = manyTimes(each, times);
    return always((branch) => {
      for (const qubit of qubits) {
        branch.pauliChannel(qubit, [1 - flip, 0, 0, flip]);
      }
    });
  },
});

/** The probability of an odd number of flips: ½(1 − (1 − 2p)^N). */
function manyTimes(each: number, times: number): number {
  if (times === 0) return 0;
  if (times === 1 || each === 0.5) return each;
  if (each < 0.5) return -expm1(times * log1p(-2 * each)) / 2;
  const mirrored = manyTimes(1 - each, times);
  return times % 2 === 0 ? mirrored : 1 - mirrored;
}

/** A Pauli, drawn by four weights. */
export const pauliChannel = operation<{ readonly qubit: string; readonly weights: readonly number[] }>({
  name: "pauli-channel",
  summary: "one of I, X, Y, Z happens to a qubit with these probabilities",
  properties: {
    qubit: name("to whom"),
    weights: fourWeights("probabilities of I, X, Y, Z; they sum to 1"),
  },
  required: ["qubit", "weights"],
  plan({ qubit, weights }, context) {
    context.qubit("qubit", qubit);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (Math.abs(sum - 1) > 1e-9) throw context.error("weights", `they sum to ${sum}`, "they must sum to 1");
    const [i, x, y, z] = weights.map((weight) => weight / sum) as [number, number, number, number];
    return always((branch) => branch.pauliChannel(qubit, [i, x, y, z]));
  },
});
