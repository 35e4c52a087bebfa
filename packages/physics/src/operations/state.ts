import { type BellName, bellIndices, bellName } from "@bellmesh/bell";
import type { DensityMatrix } from "@bellmesh/joint-state";
import { complexOf, flatMatrix, type WrittenComplex } from "../complex-matrix.ts";
import { whyNoState } from "../density-check.ts";
import { complexSchema, fourWeights, name, names, number, probability, word } from "../field-schemas.ts";
import { ghz, type Ket, namedKets, normalised } from "../ket.ts";
import { always, operation } from "../operation.ts";
import type { StepContext } from "../step-context.ts";
import {
  densityOfBellWeights,
  densityOfKet,
  densityOfMatrix,
  densityOfXState,
  type WrittenXState,
} from "../written-states.ts";
import { bellNames } from "./bell-measuring.ts";

interface StateFields {
  readonly qubits: readonly string[];
  readonly name?: string;
  readonly state?: string;
  readonly ket?: readonly WrittenComplex[];
  readonly bellWeights?: readonly number[];
  readonly wernerFidelity?: number;
  readonly xState?: WrittenXState;
  readonly rho?: readonly (readonly WrittenComplex[])[];
  readonly announced?: BellName;
  readonly depolarising?: number;
}

const xStateSchema = {
  type: "object",
  additionalProperties: false,
  required: ["populations"],
  properties: {
    populations: fourWeights("of |00⟩, |01⟩, |10⟩ and |11⟩; they sum to 1"),
    phi: { ...complexSchema, description: "⟨00|ρ|11⟩, 0 when absent" },
    psi: { ...complexSchema, description: "⟨01|ρ|10⟩, 0 when absent" },
  },
};

/** Fresh qubits in a state that is written out. */
export const state = operation<StateFields>({
  name: "state",
  summary: "fresh qubits in a given state",
  properties: {
    qubits: names("their names, the first leftmost", 1, 10),
    name: name("of the pair or group; their names joined by hyphens when absent"),
    state: word("a state by name; ghz has as many qubits as are named", [...Object.keys(namedKets), "ghz"]),
    ket: { type: "array", items: complexSchema, description: "2^n amplitudes; they are normalised" },
    bellWeights: fourWeights("of phi+, psi+, phi-, psi-; they sum to 1"),
    wernerFidelity: { ...number("F in F·Φ+ and (1 − F)/3 of each other Bell state"), minimum: 0, maximum: 1 },
    xState: { ...xStateSchema, description: "four populations and two coherences of a pair" },
    rho: { type: "array", items: { type: "array", items: complexSchema }, description: "the density matrix" },
    announced: word("the Bell state that the pair is announced to be: its Pauli is due on the second qubit", bellNames),
    depolarising: probability("that each qubit is replaced by the maximally mixed state, as by a bad initialisation"),
  },
  required: ["qubits"],
  oneOf: [["state"], ["ket"], ["bellWeights"], ["wernerFidelity"], ["xState"], ["rho"]],
  plan(fields, context) {
    const { qubits, announced, depolarising = 0 } = fields;
    context.fresh("qubits", qubits);
    const written = writtenState(fields, context);
    const why = whyNoState(written.density);
    if (why !== undefined)
      throw context.error(written.field, `no state: ${why}`, "give one with probabilities that sum to 1");
    if (announced !== undefined && qubits.length !== 2) {
      throw context.error("announced", `${qubits.length} qubits are no pair`, "leave it out");
    }
    const intended = announced !== undefined || !written.ket ? bellTarget(qubits.length) : written.ket;
    context.register.add(qubits, intended);
    context.groupName("name", context.register.groupOf(qubits[0] as string) as never, fields.name);
    const due = bellIndices.find((index) => bellName(index) === announced);
    return always((branch) => {
      branch.add(qubits, written.density);
      if (due) branch.makeDue(qubits[1] as string, due);
      for (const qubit of qubits) branch.depolarise([qubit], depolarising);
    });
  },
});

/** What a mixed state of a pair is meant to be. */
function bellTarget(qubits: number): Ket | undefined {
  return qubits === 2 ? namedKets["phi+"] : undefined;
}

interface Written {
  readonly field: string;
  readonly density: DensityMatrix;
  /** The state when it is a pure one. */
  readonly ket?: Ket;
}

function writtenState(fields: StateFields, context: StepContext): Written {
  const count = fields.qubits.length;
  if (fields.state !== undefined) {
    const named = fields.state === "ghz" ? ghz(count) : (namedKets[fields.state] as Ket);
    return ofKet("state", named);
  }
  if (fields.ket) {
    const written = fields.ket.flatMap((amplitude) => [...complexOf(amplitude)]);
    const ket = normalised(context.checkKet("ket", written, count));
    if (!ket) throw context.error("ket", "all amplitudes are 0", "give a state");
    return ofKet("ket", ket);
  }
  if (fields.rho) {
    const matrix = context.checkMatrix("rho", squared(fields.rho), count);
    return { field: "rho", density: densityOfMatrix(matrix, count) };
  }
  return ofPair(fields, context);

  function ofKet(field: string, ket: Ket): Written {
    return { field, density: densityOfKet(context.checkKet(field, ket, count)), ket };
  }

  /** Rows of unequal lengths are no matrix, whatever their sum. */
  function squared(rows: readonly (readonly WrittenComplex[])[]) {
    return rows.every((row) => row.length === rows.length) ? flatMatrix(rows) : [];
  }
}

function ofPair({ qubits, bellWeights, wernerFidelity: f, xState }: StateFields, context: StepContext): Written {
  const field = bellWeights ? "bellWeights" : xState ? "xState" : "wernerFidelity";
  if (qubits.length !== 2) throw context.error(field, `${qubits.length} qubits are no pair`, "name two qubits");
  if (xState) return { field, density: densityOfXState(xState) };
  const weights = bellWeights ?? [
    f as number,
    (1 - (f as number)) / 3,
    (1 - (f as number)) / 3,
    (1 - (f as number)) / 3,
  ];
  return { field, density: densityOfBellWeights(weights) };
}
