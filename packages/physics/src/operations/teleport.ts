import { type BellIndex, bellName, type PauliEigenvalues } from "@bellmesh/bell";
import type { Branch } from "../branch.ts";
import { complexOf, type WrittenComplex } from "../complex-matrix.ts";
import {
  complexSchema,
  memorySchemas,
  name,
  notNegative,
  oneQubitNoiseSchema,
  readoutSchemas,
  twoQubitNoiseSchema,
  word,
} from "../field-schemas.ts";
import { amplitudesOf, type Ket, namedKets, normalised } from "../ket.ts";
import { operation, type Runner } from "../operation.ts";
import type { StepContext } from "../step-context.ts";
import { densityOfKet } from "../written-states.ts";
import { type BellMeasuringNoise, bellMeasure, cnot, hadamard } from "./bell-measuring.ts";
import { applyDue } from "./correcting.ts";

interface TeleportFields extends BellMeasuringNoise {
  readonly pair: string;
  readonly qubit?: string;
  readonly input?: string | readonly [WrittenComplex, WrittenComplex];
  readonly correction?: "after-wait" | "before-wait" | "due";
  readonly delayS?: number;
  readonly t1S?: number;
  readonly t2S?: number;
  readonly oneQubitDepolarising?: number;
}

/** The six states that the average is over: the ends of the three axes. */
const six = ["0", "1", "+", "-", "+i", "-i"] as const;

/** Teleportation through a pair, with a correction that comes late. */
export const teleport = operation<TeleportFields>({
  name: "teleport",
  summary: "a Bell measurement of a qubit and the pair's first half; the second half waits, and is corrected",
  properties: {
    pair: name("the pair, its first half at the sender"),
    qubit: name("the qubit that is sent; the pair's second half takes its place"),
    input: {
      anyOf: [{ enum: [...six, "average"] }, { type: "array", items: complexSchema, minItems: 2, maxItems: 2 }],
      description: "or a fresh one in this state; average: every one of the six states in turn, and nothing is left",
    },
    correction: {
      ...word("when X^x Z^z is applied at the receiver: it waits for it, or waits afterwards, or it stays due", [
        "after-wait",
        "before-wait",
        "due",
      ]),
      default: "after-wait",
    },
    delayS: notNegative("how long the receiver waits, in seconds"),
    ...memorySchemas,
    ...oneQubitNoiseSchema,
    ...twoQubitNoiseSchema,
    ...readoutSchemas,
  },
  required: ["pair"],
  oneOf: [["qubit"], ["input"]],
  plan(fields, context) {
    const pair = context.pair("pair", fields.pair);
    const [near, far] = pair.qubits as readonly [string, string];
    const decay = context.decay("t2S", fields.delayS ?? 0, fields.t1S, fields.t2S);
    const send: Send = (branch, qubit) => sent(branch, { qubit, near, far, decay, fields });
    if (fields.qubit === undefined && fields.input !== "average") context.room("input", 1);
    return fields.input === "average" ? average(send, [near, far], context) : given(send, [near, far], fields, context);
  },
});

type Send = (branch: Branch, qubit: string) => readonly { readonly index: BellIndex; readonly branch: Branch }[];

interface Sending {
  readonly qubit: string;
  readonly near: string;
  readonly far: string;
  readonly decay: PauliEigenvalues;
  readonly fields: TeleportFields;
}

function sent(branch: Branch, { qubit, near, far, decay, fields }: Sending) {
  const depolarising = fields.oneQubitDepolarising ?? 0;
  return bellMeasure(branch, qubit, near, fields).map(({ index, branch: left }) => {
    left.makeDue(far, index);
    if (fields.correction === "before-wait") applyDue(left, far, depolarising);
    left.wait(far, decay);
    if ((fields.correction ?? "after-wait") === "after-wait") applyDue(left, far, depolarising);
    return { index, branch: left };
  });
}

/** No name of a program's has this letter first. */
const FRESH = "*input";

/** The six inputs in turn through the pair as it is; the pair is used up, and nothing else learns of the outcomes. */
function average(send: Send, pair: readonly [string, string], context: StepContext): Runner {
  context.register.removeGroup(context.register.groupOf(pair[0]) as never);
  return (branch, record) => {
    for (const input of six) {
      const ket = namedKets[input] as Ket;
      const alone = branch.only(pair);
      alone.add([FRESH], densityOfKet(ket));
      for (const { index, branch: left } of send(alone, FRESH)) {
        const fidelity = left.framed([pair[1]]).fidelityWith(amplitudesOf(ket));
        const probability = (branch.probability * left.probability) / six.length;
        record.outcome(bellName(index), probability, { fidelity });
        record.figure("averageFidelity", fidelity, probability);
        record.figure(`fidelity of ${input}`, fidelity, probability);
      }
    }
    for (const qubit of pair) branch.discard(qubit);
    return [branch];
  };
}

function given(send: Send, pair: readonly [string, string], fields: TeleportFields, context: StepContext): Runner {
  const { register, label } = context;
  const [near, far] = pair;
  const { input } = fields;
  const ket = input === undefined ? undefined : writtenInput(input, context);
  const qubit = fields.qubit === undefined ? FRESH : context.qubit("qubit", fields.qubit);
  if (pair.includes(qubit)) throw context.error("qubit", `${qubit} is half of the pair`, "send another qubit");
  if (ket) register.add([FRESH], ket);
  register.apply(cnot, [qubit, near]);
  register.apply(hadamard, [qubit]);
  register.remove(near, "zero");
  register.remove(qubit, "zero");
  return (branch, record) => {
    if (ket) branch.add([FRESH], densityOfKet(ket));
    return send(branch, qubit).map(({ index, branch: left }) => {
      const outcome = bellName(index);
      const fidelity = ket && left.framed([far]).fidelityWith(amplitudesOf(ket));
      record.outcome(outcome, left.probability, fidelity === undefined ? {} : { fidelity });
      if (fidelity !== undefined) record.figure("fidelity", fidelity, left.probability);
      return left.reported(label, outcome);
    });
  };
}

function writtenInput(input: NonNullable<TeleportFields["input"]>, context: StepContext): Ket {
  if (typeof input === "string") return namedKets[input] as Ket;
  const ket = normalised(input.flatMap((amplitude) => [...complexOf(amplitude)]));
  if (!ket) throw context.error("input", "both amplitudes are 0", "give a state");
  return ket;
}
