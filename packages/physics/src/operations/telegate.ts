import type { PauliEigenvalues } from "@bellmesh/bell";
import type { Branch } from "../branch.ts";
import type { FlatMatrix } from "../complex-matrix.ts";
import {
  memorySchemas,
  name,
  notNegative,
  oneQubitNoiseSchema,
  readoutSchemas,
  twoQubitNoiseSchema,
  word,
} from "../field-schemas.ts";
import { amplitudesOf, applyToKet, type Ket } from "../ket.ts";
import { fixedGates } from "../named-gates.ts";
import { operation, type Runner } from "../operation.ts";
import type { StepContext } from "../step-context.ts";
import { densityOfKet } from "../written-states.ts";
import { cnot } from "./bell-measuring.ts";
import { applyDue } from "./correcting.ts";
import { measureAlong } from "./measure.ts";

type Role = "control" | "copy" | "target";

interface TelegateFields {
  readonly gate?: "cnot" | "cz";
  readonly pair: string;
  readonly control?: string;
  readonly target?: string;
  readonly delayS?: number;
  readonly returnDelayS?: number;
  readonly idle?: readonly Role[];
  readonly t1S?: number;
  readonly t2S?: number;
  readonly oneQubitDepolarising?: number;
  readonly twoQubitDepolarising?: number;
  readonly p01?: number;
  readonly p10?: number;
}

/** A controlled gate between two nodes by one pair and two bits (Eisert et al. 2000). */
export const telegate = operation<TelegateFields>({
  name: "telegate",
  summary: "a CNOT or CZ through a pair: the control is copied onto it, the copy controls the target and is undone",
  properties: {
    gate: { ...word("which gate", ["cnot", "cz"]), default: "cnot" },
    pair: name("the pair, its first half with the control"),
    control: name("the control; without control and target the process itself is judged"),
    target: name("the target"),
    delayS: notNegative("how long the first bit travels, to the target's node, in seconds"),
    returnDelayS: notNegative("how long the second bit travels back; as the first when absent"),
    idle: {
      type: "array",
      items: { enum: ["control", "copy", "target"] },
      description: "who decoheres meanwhile, all three when absent; the copy only on the first way",
    },
    ...memorySchemas,
    ...oneQubitNoiseSchema,
    ...twoQubitNoiseSchema,
    ...readoutSchemas,
  },
  required: ["pair"],
  plan(fields, context) {
    const pair = context.pair("pair", fields.pair);
    const ends = pair.qubits as readonly [string, string];
    const there = context.decay("t2S", fields.delayS ?? 0, fields.t1S, fields.t2S);
    const back = context.decay("t2S", fields.returnDelayS ?? fields.delayS ?? 0, fields.t1S, fields.t2S);
    const gate = fixedGates[fields.gate ?? "cnot"] as FlatMatrix;
    const act = (branch: Branch, control: string, target: string) =>
      acted(branch, { control, target, ends, there, back, gate, fields });
    const { control, target } = fields;
    if (control === undefined && target === undefined) return process(act, ends, gate, context);
    if (control === undefined || target === undefined) {
      const [given, missing] = control === undefined ? ["target", "control"] : ["control", "target"];
      throw context.error(given, `there is no ${missing}`, "name both, or neither to judge the process itself");
    }
    return onQubits(act, [control, target], ends, gate, context);
  },
});

interface Acting {
  readonly control: string;
  readonly target: string;
  readonly ends: readonly [string, string];
  readonly there: PauliEigenvalues;
  readonly back: PauliEigenvalues;
  readonly gate: FlatMatrix;
  readonly fields: TelegateFields;
}

type Act = (
  branch: Branch,
  control: string,
  target: string,
) => readonly { readonly bits: string; readonly branch: Branch }[];

function acted(branch: Branch, { control, target, ends, there, back, gate, fields }: Acting): ReturnType<Act> {
  const [near, copy] = ends;
  const { twoQubitDepolarising = 0, oneQubitDepolarising = 0, idle = ["control", "copy", "target"] } = fields;
  const waiting = (roles: Readonly<Record<string, string>>) => idle.flatMap((role) => roles[role] ?? []);
  branch.gate(cnot, [control, near]);
  branch.depolarise([control, near], twoQubitDepolarising);
  return measureAlong(branch, near, "z", fields).flatMap((first) => {
    const arrived = first.branch;
    for (const qubit of waiting({ control, copy, target })) arrived.wait(qubit, there);
    if (first.bit) arrived.makeDue(copy, { x: true, z: false });
    applyDue(arrived, copy, oneQubitDepolarising);
    arrived.gate(gate, [copy, target]);
    arrived.depolarise([copy, target], twoQubitDepolarising);
    return measureAlong(arrived, copy, "x", fields).map((second) => {
      const done = second.branch;
      for (const qubit of waiting({ control, target })) done.wait(qubit, back);
      if (second.bit) done.makeDue(control, { x: false, z: true });
      applyDue(done, control, oneQubitDepolarising);
      return { bits: `${first.bit ? 1 : 0}${second.bit ? 1 : 0}`, branch: done };
    });
  });
}

function onQubits(
  act: Act,
  operands: readonly [string, string],
  ends: readonly [string, string],
  gate: FlatMatrix,
  context: StepContext,
): Runner {
  const { register, label } = context;
  for (const [field, qubit] of [
    ["control", operands[0]],
    ["target", operands[1]],
  ] as const) {
    context.qubit(field, qubit);
    if (ends.includes(qubit)) throw context.error(field, `${qubit} is half of the pair`, "name another qubit");
  }
  if (operands[0] === operands[1]) throw context.error("target", `${operands[1]} is the control`, "name another qubit");
  register.removeGroup(register.groupOf(ends[0]) as never);
  register.apply(gate, operands);
  return (branch, record) =>
    act(branch, ...operands).map(({ bits, branch: left }) => {
      record.outcome(bits, left.probability);
      return left.reported(label, bits);
    });
}

/** No names of a program's have this letter first. */
const [CONTROL, TARGET, ...REFERENCES] = ["*control", "*target", "*control'", "*target'"] as const;

/**
 * The gate on halves of two maximally entangled states: the fidelity of what it makes of them is the process
 * fidelity F, and (4F + 1)/5 the average gate fidelity (Horodecki et al. 1999). The pair is used up.
 */
function process(act: Act, ends: readonly [string, string], gate: FlatMatrix, { register }: StepContext): Runner {
  register.removeGroup(register.groupOf(ends[0]) as never);
  const doubled: Ket = Array.from({ length: 32 }, (_, at) => (at % 2 === 0 && (at / 2) % 5 === 0 ? 0.5 : 0));
  const ideal = applyToKet(doubled, gate, [0, 1]);
  return (branch, record) => {
    const alone = branch.only(ends);
    alone.add([CONTROL, TARGET, ...REFERENCES], densityOfKet(doubled));
    for (const { bits, branch: left } of act(alone, CONTROL, TARGET)) {
      const fidelity = left.framed([CONTROL, TARGET, ...REFERENCES]).fidelityWith(amplitudesOf(ideal));
      const probability = branch.probability * left.probability;
      record.outcome(bits, probability, { processFidelity: fidelity });
      record.figure("processFidelity", fidelity, probability);
      record.figure("averageGateFidelity", (4 * fidelity + 1) / 5, probability);
    }
    for (const qubit of ends) branch.discard(qubit);
    return [branch];
  };
}
