import { type BellName, bellIndices, bellName } from "@bellmesh/bell";
import type { DensityMatrix } from "@bellmesh/joint-state";
import { type Json, name, names, word } from "../field-schemas.ts";
import { namedKets } from "../ket.ts";
import { type Operation, operation } from "../operation.ts";
import type { StepContext } from "../step-context.ts";
import { bellNames } from "./bell-measuring.ts";

/** What one attempt of a scheme yields. */
export interface Attempt {
  /** Of being announced as a success. */
  readonly successProbability: number;
  /** What may be announced: how probable among the successes, and the state then. Rows and columns as ever. */
  readonly announcements: readonly {
    readonly announced: BellName;
    readonly probability: number;
    readonly state: DensityMatrix;
  }[];
}

interface HeraldFields {
  readonly qubits: readonly [string, string];
  readonly name?: string;
  readonly announced?: BellName;
}

/** One way to herald, with the fields that its model has. */
export interface Scheme<Fields> {
  readonly scheme: string;
  readonly summary: string;
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
  readonly oneOf?: readonly (readonly string[])[];
  attempt(fields: Fields, context: StepContext): Attempt;
}

/** A herald by one scheme: two fresh qubits in the state after a success, the announced Pauli due on the second. */
export function heraldBy<Fields>(scheme: Scheme<Fields>): Operation {
  return operation<Fields & HeraldFields>({
    name: "herald",
    scheme: scheme.scheme,
    summary: scheme.summary,
    properties: {
      scheme: { const: scheme.scheme },
      qubits: names("the two fresh qubits, the first at the first end", 2, 2),
      name: name("of the pair; their names joined by a hyphen when absent"),
      announced: word("go on only when this is announced; with whatever is announced when absent", bellNames),
      ...scheme.properties,
    },
    required: ["scheme", "qubits", ...scheme.required],
    ...(scheme.oneOf && { oneOf: scheme.oneOf }),
    plan(fields, context) {
      const { qubits, announced } = fields;
      context.fresh("qubits", qubits);
      const { successProbability, announcements } = scheme.attempt(fields, context);
      const possible = announcements.filter((each) => announced === undefined || each.announced === announced);
      if (!(successProbability > 0) || possible.length === 0) {
        const problem = announced === undefined ? "an attempt never succeeds" : `${announced} is never announced`;
        throw context.error("", problem, "herald something that can happen");
      }
      context.register.add(qubits, namedKets["phi+"]);
      const group = context.register.groupOf(qubits[0]);
      if (group) context.groupName("name", group, fields.name);
      // The attempts are repeated until what is wanted is announced.
      const wanted = possible.reduce((sum, { probability }) => sum + probability, 0);
      return (branch, record) => {
        record.figure("attemptSuccessProbability", successProbability * wanted);
        return possible.map(({ announced: outcome, probability, state }) => {
          const left = branch.copy().reported(context.label, outcome, probability / wanted);
          record.outcome(outcome, left.probability);
          left.add(qubits, state);
          const due = bellIndices.find((index) => bellName(index) === outcome);
          if (due) left.makeDue(qubits[1], due);
          return left;
        });
      };
    },
  });
}
