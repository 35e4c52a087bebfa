import { complexOf, type WrittenComplex } from "../complex-matrix.ts";
import { complexSchema, flag, name, names } from "../field-schemas.ts";
import { ghz, type Ket, namedKets, normalised, reorderedKet } from "../ket.ts";
import { operation } from "../operation.ts";
import type { Group } from "../program-register.ts";
import type { StepContext } from "../step-context.ts";

interface ReportFields {
  readonly group?: string;
  readonly qubits?: readonly string[];
  readonly target?: string | readonly WrittenComplex[];
  readonly raw?: boolean;
}

/** The most qubits whose matrix is reported. */
const REPORTED_MAX = 6;

/** A look at some qubits, which does nothing to them. */
export const report = operation<ReportFields>({
  name: "report",
  summary: "reports the state of some qubits here; without any such step every group is reported at the end",
  properties: {
    group: name("a pair or group"),
    qubits: names("or some qubits, the others traced out", 1, REPORTED_MAX),
    target: {
      anyOf: [{ enum: [...Object.keys(namedKets), "ghz"] }, { type: "array", items: complexSchema }],
      description: "the state that fidelity refers to: a name, or 2^n amplitudes; when absent, the one that was meant",
    },
    raw: flag("whether the state is reported without what is due as well"),
  },
  required: [],
  oneOf: [["group"], ["qubits"]],
  plan(fields, context) {
    const { group: named } = fields;
    const group = named === undefined ? undefined : context.register.named(named);
    if (named !== undefined && !group) {
      const known = context.register.groups.map((each) => each.name).join(", ");
      throw context.error(
        "group",
        `there is no group ${named}`,
        known === "" ? "there are none" : `there are ${known}`,
      );
    }
    const qubits = group?.qubits ?? context.qubits("qubits", fields.qubits ?? []);
    if (qubits.length > REPORTED_MAX) {
      throw context.error("group", `it has ${qubits.length} qubits`, `name at most ${REPORTED_MAX} of them in qubits`);
    }
    const target =
      fields.target === undefined ? meant(qubits, context) : written(fields.target, qubits.length, context);
    const about = { name: named ?? qubits.join(","), qubits, target, raw: fields.raw ?? false };
    return (branch, record) => {
      record.look(about, branch);
      return [branch];
    };
  },
});

function meant(qubits: readonly string[], { register }: StepContext): Ket | undefined {
  const group = register.groupOf(qubits[0] as string) as Group;
  const isWhole = group.qubits.length === qubits.length && qubits.every((qubit) => group.qubits.includes(qubit));
  if (!isWhole || !group.intended) return undefined;
  return reorderedKet(
    group.intended,
    qubits.map((qubit) => group.qubits.indexOf(qubit)),
  );
}

function written(target: string | readonly WrittenComplex[], qubits: number, context: StepContext): Ket {
  if (typeof target === "string") {
    return context.checkKet("target", target === "ghz" ? ghz(qubits) : (namedKets[target] as Ket), qubits);
  }
  const amplitudes = target.flatMap((amplitude) => [...complexOf(amplitude)]);
  const ket = normalised(context.checkKet("target", amplitudes, qubits));
  if (!ket) throw context.error("target", "all amplitudes are 0", "give a state");
  return ket;
}
