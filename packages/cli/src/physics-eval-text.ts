import type { DescribedState, EvaluatedReport, EvaluatedStep, Evaluation, SeenBranch } from "@bellmesh/physics";
import { indented } from "./indented.ts";
import { count, table } from "./table.ts";

/** Histories that are shown one by one; --json has them all. */
const BRANCHES_SHOWN = 16;
/** Entries of a matrix, likewise: the largest. */
const ENTRIES_SHOWN = 16;
/** Basis states that have columns of their own; more are listed below. */
const COLUMNS_MAX = 8;

/** An evaluation as people read it: what each step did, then a table per report. */
export function evaluationText(evaluation: Evaluation): string {
  const { title, successProbability, branches, steps, reports } = evaluation;
  const head = [
    ...(title === undefined ? [] : [title]),
    `success probability ${shown(successProbability)} over ${branches} ${branches === 1 ? "history" : "histories"}`,
  ];
  const acts = steps.filter(({ outcomes, figures }) => outcomes.length > 0 || Object.keys(figures).length > 0);
  return [...head, ...acts.map(stepText), ...reports.map(reportText)].join("\n\n");
}

function stepText({ step, op, as, successProbability, outcomes, figures }: EvaluatedStep): string {
  const isSure = successProbability > 1 - 1e-12;
  const title = `${as}: ${op}, step ${step}${isSure ? "" : `, success probability ${shown(successProbability)}`}`;
  const columns = [...new Set(outcomes.flatMap(({ outcome: _, ...rest }) => Object.keys(rest)))];
  const rows = outcomes.map((each) => [each.outcome, ...columns.map((column) => numberOf(each[column]))]);
  const facts = Object.entries(figures).map(([name, value]) => [spaced(name), shown(value)]);
  return [
    title,
    ...(rows.length > 0 ? [indented(table([["outcome", ...columns.map(spaced)], ...rows], "l".padEnd(9, "r")))] : []),
    ...(facts.length > 0 ? [indented(table(facts, "lr"))] : []),
  ].join("\n");
}

function reportText(report: EvaluatedReport): string {
  const { name, qubits, target, average, branches } = report;
  const whose = qubits.length === 1 || name === qubits.join(",") ? qubits.join(", ") : `${name} (${qubits.join(", ")})`;
  const meant = average.fidelity === undefined ? "" : `, fidelity with ${target ?? "the target"}`;
  const shownBranches = branches.length === 1 ? [] : branches.slice(0, BRANCHES_SHOWN);
  const rows = [
    header(average),
    ["average", "1", ...cells(average)],
    ...(report.raw ? [["average, raw", "1", ...cells(report.raw)]] : []),
    ...shownBranches.flatMap(branchRows),
  ];
  const more = shownBranches.length > 0 ? branches.length - shownBranches.length : 0;
  return [
    `${whose}: ${count(qubits.length, "qubit")}${meant}${branches.length === 1 ? dueText(branches[0]) : ""}`,
    indented(table(rows, "l".padEnd(rows[0]?.length ?? 0, "r"))),
    ...(more > 0 ? [`  and ${more} more histories; --json has them all`] : []),
    ...(average.populations.length > COLUMNS_MAX ? [indented(populationsText(average))] : []),
    indented(coherencesText(average)),
  ].join("\n");
}

function dueText(branch: SeenBranch | undefined): string {
  const due = Object.entries(branch?.due ?? {}).filter(([, pauli]) => pauli !== "I");
  return due.length === 0 ? "" : `; counted as done: ${due.map(([qubit, pauli]) => `${pauli} on ${qubit}`).join(", ")}`;
}

function branchRows({ probability, outcomes, state, raw }: SeenBranch): string[][] {
  const label = Object.entries(outcomes)
    .map(([name, outcome]) => `${name} ${outcome}`)
    .join(", ");
  return [
    [label, shown(probability), ...cells(state)],
    ...(raw ? [[`${label}, raw`, shown(probability), ...cells(raw)]] : []),
  ];
}

function header({ fidelity, bellWeights, populations }: DescribedState): string[] {
  return [
    "history",
    "probability",
    ...(fidelity === undefined ? [] : ["fidelity"]),
    ...Object.keys(bellWeights ?? {}),
    ...(populations.length > COLUMNS_MAX ? ["purity"] : populations.map((_, basis) => ket(basis, populations.length))),
  ];
}

function cells({ fidelity, bellWeights, purity, populations }: DescribedState): string[] {
  const figures = [...(fidelity === undefined ? [] : [fidelity]), ...Object.values(bellWeights ?? {})];
  return [...figures, ...(populations.length > COLUMNS_MAX ? [purity] : populations)].map(shown);
}

function ket(basis: number, dimension: number): string {
  return `|${basis.toString(2).padStart(dimension.toString(2).length - 1, "0")}⟩`;
}

function populationsText({ populations }: DescribedState): string {
  const rows = populations.map((population, basis) => [ket(basis, populations.length), population] as const);
  const largest = rows.sort(([, a], [, b]) => b - a).slice(0, ENTRIES_SHOWN);
  return listText(
    largest.map(([name, population]) => [name, shown(population)]),
    populations.length,
  );
}

/** Rows, and how many are left out. */
function listText(rows: readonly (readonly string[])[], all: number): string {
  return [
    table(rows),
    ...(all > rows.length ? [`and ${all - rows.length} smaller ones; --json has them all`] : []),
  ].join("\n");
}

/** The entries beside the diagonal; those of a pair's X are shown even when they are 0. */
function coherencesText({ coherences }: DescribedState): string {
  const size = ([, [real, imaginary]]: [string, readonly [number, number]]) =>
    Math.max(Math.abs(real), Math.abs(imaginary));
  const entries = Object.entries(coherences);
  const largest = entries.length > ENTRIES_SHOWN ? entries.sort((a, b) => size(b) - size(a)) : entries;
  const terms = largest.slice(0, ENTRIES_SHOWN).map(([name, [real, imaginary]]) => {
    const [row, column] = name.split(",");
    const tail = imaginary === 0 ? "" : ` ${imaginary < 0 ? "−" : "+"} ${shown(Math.abs(imaginary))}i`;
    return [`⟨${row}|ρ|${column}⟩`, shown(real) + tail];
  });
  return terms.length === 0 ? "no coherences" : listText(terms, entries.length);
}

/** Ten digits behind the point, or the exponent where these would say nothing. */
function shown(value: number): string {
  if (Math.abs(value) < 1e-15) return "0";
  if (Math.abs(value) < 1e-4) return value.toExponential(6);
  return value.toFixed(10).replace(/\.?0+$/, "");
}

function numberOf(value: unknown): string {
  return typeof value === "number" ? shown(value) : "";
}

/** `averageFidelity` as `average fidelity`. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
