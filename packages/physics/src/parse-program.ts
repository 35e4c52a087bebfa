import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Json } from "./field-schemas.ts";
import type { Operation, Runner, Step } from "./operation.ts";
import { report } from "./operations/report.ts";
import { operations } from "./operations.ts";
import { ProgramError } from "./program-error.ts";
import { ProgramRegister } from "./program-register.ts";
import { frameSchema, stepSchema } from "./program-schema.ts";
import { expectation } from "./schema-error.ts";
import { StepContext } from "./step-context.ts";

/** A step that can be run. */
export interface PlannedStep {
  /** Its place in the program, counted from 0; a report that the program did not ask for has none. */
  readonly place: number | undefined;
  readonly op: string;
  /** What its outcome is called. */
  readonly label: string;
  readonly run: Runner;
}

/** A program that can be evaluated. */
export interface Program {
  readonly title: string | undefined;
  /** What errors call the file. */
  readonly file: string;
  readonly steps: readonly PlannedStep[];
}

interface WrittenProgram {
  readonly title?: string;
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

/**
 * Reads a program.
 * @param text JSON by `programJsonSchema`
 * @param file what errors call it
 * @throws ProgramError for the first thing that is wrong.
 */
export function parseProgram(text: string, file: string): Program {
  const written = document(text, file);
  const { register, bits, labels } = {
    register: new ProgramRegister(),
    bits: new Set<string>(),
    labels: new Map<string, number>(),
  };
  const steps = written.steps.map((step, place): PlannedStep => {
    const path = `steps[${place}]`;
    const found = operationOf(step, file, path);
    check(validators.get(found) as ValidateFunction, step, file, path);
    const label = labelOf(step, labels, file, path);
    const context = new StepContext(register, bits, label, file, path);
    return { place, op: step.op, label, run: found.plan(withDefaults(step, found, written.defaults ?? {}), context) };
  });
  return { title: written.title, file, steps: [...steps, ...finalReports(steps, register, file)] };
}

const ajv = new Ajv({ strict: false, strictNumbers: true, verbose: true });
const validateFrame = ajv.compile(
  frameSchema({ type: "object", required: ["op"], properties: { op: { type: "string" } } }),
);
const validators = new Map<Operation, ValidateFunction>();

function document(text: string, file: string): WrittenProgram {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProgramError(file, "", `it is not JSON (${reason})`, "write a program as in docs/physics-programs.md");
  }
  check(validateFrame, written, file, "");
  return written as WrittenProgram;
}

/** The operation that a step names. */
function operationOf(step: Step, file: string, path: string): Operation {
  const named = operations.filter(({ name }) => name === step.op);
  const names = [...new Set(operations.map(({ name }) => name))];
  if (named.length === 0) {
    const problem = `there is no operation ${JSON.stringify(step.op)}`;
    throw new ProgramError(file, `${path}.op`, problem, `use one of ${names.join(", ")}`);
  }
  const found = named.find(({ scheme }) => scheme === undefined || scheme === step.scheme);
  if (!found) {
    const problem = step.scheme === undefined ? "it is missing" : `there is no scheme ${JSON.stringify(step.scheme)}`;
    const schemes = named.map(({ scheme }) => scheme).join(", ");
    throw new ProgramError(file, `${path}.scheme`, problem, `use one of ${schemes}`);
  }
  if (!validators.has(found)) validators.set(found, ajv.compile(stepSchema(found)));
  return found;
}

function check(validate: ValidateFunction, value: unknown, file: string, path: string): void {
  if (validate(value)) return;
  const error = mostTelling(validate.errors ?? []);
  const { place, problem, expected } = expectation(error);
  throw new ProgramError(file, joined(path, place), problem, expected);
}

/** Of a choice that failed, the choice itself says more than its last alternative. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject {
  const choice = errors.findLast(({ keyword }) => keyword === "oneOf" || keyword === "anyOf");
  return choice ?? (errors[0] as ErrorObject);
}

function joined(path: string, place: string): string {
  return path === "" ? place.replace(/^\./, "") : path + place;
}

/** What the step gives to be called, or the operation and how many there were. */
function labelOf(step: Step, labels: Map<string, number>, file: string, path: string): string {
  const count = (labels.get(`op ${step.op}`) ?? 0) + 1;
  labels.set(`op ${step.op}`, count);
  const label = step.as ?? `${step.op}${count}`;
  if (labels.has(label)) {
    throw new ProgramError(file, `${path}.as`, `two steps are called ${label}`, "give each its own name");
  }
  labels.set(label, 1);
  return label;
}

/** T1 and T2 belong together: a step that gives one takes neither from the defaults. */
function withDefaults(step: Step, { properties }: Operation, defaults: Json): Step {
  const hasMemory = step.t1S !== undefined || step.t2S !== undefined;
  const taken = Object.entries(defaults).filter(([field]) => {
    return Object.hasOwn(properties, field) && !(hasMemory && (field === "t1S" || field === "t2S"));
  });
  return { ...Object.fromEntries(taken), ...step };
}

/** Every group at the end, when the program asks for nothing. */
function finalReports(steps: readonly PlannedStep[], register: ProgramRegister, file: string): readonly PlannedStep[] {
  if (steps.some(({ op }) => op === "report")) return [];
  return register.groups.map((group, at): PlannedStep => {
    const label = `report${at + 1}`;
    const context = new StepContext(register, new Set(), label, file, "");
    return { place: undefined, op: "report", label, run: report.plan({ op: "report", group: group.name }, context) };
  });
}
