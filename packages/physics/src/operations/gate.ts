import { distanceFromUnitary, type FlatMatrix, flatMatrix, type WrittenComplex } from "../complex-matrix.ts";
import {
  complexSchema,
  nameSchema,
  names,
  number,
  oneQubitNoiseSchema,
  twoQubitNoiseSchema,
  word,
} from "../field-schemas.ts";
import { fixedGates, turnedGates } from "../named-gates.ts";
import { always, operation } from "../operation.ts";
import type { StepContext } from "../step-context.ts";

/** How far a written matrix may be from a unitary: well within what the engine accepts. */
const UNITARY = 4e-10;

interface GateFields {
  readonly qubits: readonly string[];
  readonly gate?: string;
  readonly matrix?: readonly (readonly WrittenComplex[])[];
  readonly angleRad?: number;
  readonly if?: readonly string[];
  readonly oneQubitDepolarising?: number;
  readonly twoQubitDepolarising?: number;
}

/** A gate by name or by matrix, and its noise. */
export const gate = operation<GateFields>({
  name: "gate",
  summary: "a gate on one or two qubits, then its depolarising noise; what is due is carried through",
  properties: {
    qubits: names("on whom; a control comes first", 1, 2),
    gate: word("the gate by name", [...Object.keys(fixedGates), ...Object.keys(turnedGates)]),
    matrix: { type: "array", items: { type: "array", items: complexSchema }, description: "or as a unitary matrix" },
    angleRad: number("the angle θ of rx, ry, rz: exp(−iθP/2), and of cphase: diag(1, 1, 1, e^(iθ))"),
    if: { type: "array", items: nameSchema, description: "only when an odd number of these measured bits is 1" },
    ...oneQubitNoiseSchema,
    ...twoQubitNoiseSchema,
  },
  required: ["qubits"],
  oneOf: [["gate"], ["matrix"]],
  plan(fields, context) {
    const { qubits, if: bits } = fields;
    context.qubits("qubits", qubits);
    const matrix = gateMatrix(fields, context);
    const depolarising = (qubits.length === 1 ? fields.oneQubitDepolarising : fields.twoQubitDepolarising) ?? 0;
    for (const [at, bit] of (bits ?? []).entries()) context.bit(`if[${at}]`, bit);
    if (bits) context.register.loseIntention(qubits);
    else context.register.apply(matrix, qubits);
    return always((branch) => {
      const isOdd = (bits ?? []).filter((bit) => branch.outcomes.get(bit) === "1").length % 2 === 1;
      if (bits && !isOdd) return;
      if (!branch.gate(matrix, qubits)) {
        const problem = `a Pauli is due on ${qubits.join(" or ")}, and cannot wait until after this gate`;
        throw context.error("", problem, "put a step correct before it");
      }
      branch.depolarise(qubits, depolarising);
    });
  },
});

function gateMatrix({ gate: name, matrix: rows, angleRad, qubits }: GateFields, context: StepContext): FlatMatrix {
  if (rows) {
    const written = rows.every((row) => row.length === rows.length) ? flatMatrix(rows) : [];
    const matrix = context.checkMatrix("matrix", written, qubits.length);
    const distance = distanceFromUnitary(matrix);
    if (distance <= UNITARY) return matrix;
    throw context.error("matrix", `U†U is ${distance.toExponential(1)} from the identity`, "give a unitary matrix");
  }
  const turned = Object.hasOwn(turnedGates, name as string) ? turnedGates[name as string] : undefined;
  if (turned && angleRad === undefined) throw context.error("angleRad", `${name} needs an angle`, "give it in radians");
  if (!turned && angleRad !== undefined) throw context.error("angleRad", `${name} has no angle`, "leave it out");
  const found = turned ? turned(angleRad as number) : (fixedGates[name as string] as FlatMatrix);
  const needed = found.length === 8 ? 1 : 2;
  if (needed === qubits.length) return found;
  throw context.error("qubits", `${name} acts on ${needed === 1 ? "one qubit" : "two qubits"}`, "name as many");
}
