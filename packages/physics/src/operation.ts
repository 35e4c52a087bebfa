import type { Branch } from "./branch.ts";
import type { Json } from "./field-schemas.ts";
import type { StepContext } from "./step-context.ts";
import type { StepRecord } from "./step-record.ts";

/**
 * Does one step to one branch.
 * @returns the branches that go on, with the probabilities of their outcomes; a branch that failed is not among them.
 */
export type Runner = (branch: Branch, record: StepRecord) => readonly Branch[];

/** One kind of step of a program. */
export interface Operation {
  /** The word in the step's field `op`. */
  readonly name: string;
  /** Operations of one name differ in the field `scheme`. */
  readonly scheme?: string;
  /** One line for the schema. */
  readonly summary: string;
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
  /** Fields of which a step must give exactly one set. */
  readonly oneOf?: readonly (readonly string[])[];
  /**
   * Checks a step against the qubits that there are, changes these as the step will, and returns what is to be done.
   * @throws ProgramError naming the field.
   */
  plan(step: Step, context: StepContext): Runner;
}

/** A step as it stands in the program, its fields checked against the schema and the defaults put in. */
export interface Step {
  readonly op: string;
  readonly as?: string;
  readonly [field: string]: unknown;
}

/** An operation whose fields, which the schema has checked, are of this type. */
export function operation<Fields>(
  definition: Omit<Operation, "plan"> & { plan(fields: Fields, context: StepContext): Runner },
): Operation {
  return { ...definition, plan: (step, context) => definition.plan(step as Fields, context) };
}

/** A runner that changes the branch and has no outcomes. */
export function always(change: (branch: Branch) => void): Runner {
  return (branch) => {
    change(branch);
    return [branch];
  };
}
