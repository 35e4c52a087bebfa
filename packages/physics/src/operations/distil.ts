import { type BellIndex, phiPlus } from "@bellmesh/bell";
import type { Branch } from "../branch.ts";
import { type FlatMatrix, product } from "../complex-matrix.ts";
import { flag, name, oneQubitNoiseSchema, readoutSchemas, twoQubitNoiseSchema, word } from "../field-schemas.ts";
import { fixedGates } from "../named-gates.ts";
import { operation } from "../operation.ts";
import { cnot, hadamard } from "./bell-measuring.ts";
import { measureAlong } from "./measure.ts";

interface DistilFields {
  readonly protocol: "bbpssw" | "dejmps" | "epl";
  readonly keep: string;
  readonly measure: string;
  readonly twirl?: boolean;
  readonly oneQubitDepolarising?: number;
  readonly twoQubitDepolarising?: number;
  readonly p01?: number;
  readonly p10?: number;
}

type Ends = readonly [string, string];

const h = Math.sqrt(0.5);
/** Rx(π/2) at the first end and Rx(−π/2) at the second; Φ− and Ψ− change places. */
const quarterTurns: readonly [FlatMatrix, FlatMatrix] = [
  [h, 0, 0, -h, 0, -h, h, 0],
  [h, 0, 0, h, 0, h, h, 0],
];

/** Two pairs between the same two nodes become one better one, when two measured bits say so. */
export const distil = operation<DistilFields>({
  name: "distil",
  summary: "CNOTs at both ends from the pair that stays to the pair that is measured; the program goes on on success",
  properties: {
    protocol: word(
      "bbpssw and dejmps go on when the bits are equal, dejmps after a turn of both pairs; epl goes on when both are 1",
      ["bbpssw", "dejmps", "epl"],
    ),
    keep: name("the pair that stays"),
    measure: name("the pair that is measured; its ends stand in the same order"),
    twirl: flag("whether both pairs are made Werner states first; bbpssw does it when absent"),
    ...oneQubitNoiseSchema,
    ...twoQubitNoiseSchema,
    ...readoutSchemas,
  },
  required: ["protocol", "keep", "measure"],
  plan(fields, context) {
    const [kept, measured] = context.twoPairs(["keep", fields.keep], ["measure", fields.measure]);
    const ends = [kept.qubits, measured.qubits] as unknown as readonly [Ends, Ends];
    context.register.removeGroup(measured);
    return (branch, record) => {
      prepare(branch, ends, fields);
      for (const side of [0, 1] as const) {
        const operands = [ends[0][side], ends[1][side]];
        branch.gate(cnot, operands);
        branch.depolarise(operands, fields.twoQubitDepolarising ?? 0);
      }
      return measureBoth(branch, ends[1], fields).flatMap(({ bits, branch: left }) => {
        const isKept = fields.protocol === "epl" ? bits === "11" : bits === "00" || bits === "11";
        record.outcome(bits, left.probability);
        return isKept ? [left.reported(context.label, bits)] : [];
      });
    };
  },
});

/** The local operations before the CNOTs: a twirl, the turns of DEJMPS. */
function prepare(branch: Branch, pairs: readonly Ends[], fields: DistilFields): void {
  for (const pair of pairs) {
    if (fields.twirl ?? fields.protocol === "bbpssw") twirl(branch, pair);
    if (fields.protocol !== "dejmps") continue;
    for (const [side, turn] of quarterTurns.entries()) {
      branch.gate(turn, [pair[side] as string]);
      branch.depolarise([pair[side] as string], fields.oneQubitDepolarising ?? 0);
    }
  }
}

function measureBoth(branch: Branch, [first, second]: Ends, readout: DistilFields) {
  return measureAlong(branch, first, "z", readout).flatMap((a) =>
    measureAlong(a.branch, second, "z", readout).map((b) => ({
      bits: `${a.bit ? 1 : 0}${b.bit ? 1 : 0}`,
      branch: b.branch,
    })),
  );
}

/**
 * Werner's twirl (Bennett et al. 1996): one of twelve U ⊗ U* at random, which leaves the fidelity with the announced
 * state and makes the other three Bell states equally probable. The twelve are a Pauli, then a turn that permutes
 * the axes cyclically.
 */
function twirl(branch: Branch, [first, second]: Ends): void {
  const due = [branch.due(first), branch.due(second)] as const;
  branch.mix(
    tetrahedron.map((turn) => ({
      probability: 1 / tetrahedron.length,
      apply: (chosen: Branch) => {
        withDue(chosen, [first, second], due, () => {
          chosen.apply(turn, [first]);
          chosen.apply(conjugate(turn), [second]);
        });
      },
    })),
  );
}

/** Does something as if what is due had been applied, and takes the Paulis back. */
function withDue(branch: Branch, names: Ends, due: readonly BellIndex[], act: () => void): void {
  for (const [at, name] of names.entries()) branch.pauli(name, due[at] ?? phiPlus);
  act();
  for (const [at, name] of names.entries()) branch.pauli(name, due[at] ?? phiPlus);
}

function conjugate(matrix: FlatMatrix): FlatMatrix {
  return matrix.map((part, at) => (at % 2 === 0 ? part : -part));
}

/** X → Y → Z → X, up to signs. */
const cycle = product(hadamard, fixedGates.sdg as FlatMatrix);
const cycles = [fixedGates.i as FlatMatrix, cycle, product(cycle, cycle)];
const tetrahedron = cycles.flatMap((turn) =>
  ["i", "x", "y", "z"].map((pauli) => product(turn, fixedGates[pauli] as FlatMatrix)),
);
