import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { parseProgram } from "./parse-program.ts";

type Step = Readonly<Record<string, unknown>>;
const RUNS = 150;

function run(steps: readonly Step[]): Evaluation {
  return evaluate(parseProgram(JSON.stringify({ steps }), "test"));
}

const share = fc.double({ min: 0, max: 0.4, noNaN: true });
const bellName = fc.constantFrom("phi+", "psi+", "phi-", "psi-");
const pairOf = (first: string, second: string): fc.Arbitrary<Step> =>
  fc
    .record({ weights: fc.tuple(share, share, share), announced: bellName })
    .map(({ weights: [x, y, z], announced }) => {
      const sum = 1 + x + y + z;
      return { op: "state", qubits: [first, second], bellWeights: [1 / sum, x / sum, y / sum, z / sum], announced };
    });
const gates = { one: ["h", "s", "x", "y", "z", "sx"], two: ["cnot", "cz", "swap"] };
/** Something Clifford or Pauli, or a wait, on some of these qubits. */
const actOn = (qubits: readonly string[]): fc.Arbitrary<Step> => {
  const qubit = fc.constantFrom(...qubits);
  const two = fc.shuffledSubarray([...qubits], { minLength: 2, maxLength: 2 });
  return fc.oneof(
    fc.record({ op: fc.constant("gate"), gate: fc.constantFrom(...gates.one), qubits: fc.tuple(qubit) }),
    fc.record({ op: fc.constant("depolarise"), qubits: fc.tuple(qubit), probability: share }),
    fc.record({ op: fc.constant("dephase"), qubits: fc.tuple(qubit), probability: share, times: fc.nat(5) }),
    fc.record({
      op: fc.constant("wait"),
      qubits: fc.tuple(qubit),
      tS: share,
      t1S: fc.constant(2),
      t2S: fc.constant(1),
    }),
    ...(qubits.length < 2
      ? []
      : [
          fc.record({
            op: fc.constant("gate"),
            gate: fc.constantFrom(...gates.two),
            qubits: two,
            twoQubitDepolarising: share,
          }),
        ]),
  );
};
const readout = fc.record({ p01: share, p10: share });

describe("over all histories", () => {
  test("probabilities sum to 1, every state has trace 1, and the average is the mean of the branches", () => {
    const program = fc.record({
      p: pairOf("a", "b"),
      q: pairOf("c", "d"),
      acts: fc.array(actOn(["a", "b", "c", "d"])),
      r: readout,
    });
    fc.assert(
      fc.property(program, ({ p, q, acts, r }) => {
        const steps = [
          p,
          q,
          ...acts,
          { op: "measure", qubit: "b", basis: "y", ...r },
          { op: "measure", qubit: "c", ...r },
        ];
        const { reports, successProbability } = run([...steps, { op: "report", qubits: ["a", "d"] }]);
        expect(successProbability).toBeCloseTo(1, 12);
        const [report] = reports;
        const branches = report?.branches ?? [];
        expect(branches.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
        for (const { state } of branches)
          expect(state.populations.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
        const mean = branches.reduce(
          (sum, { probability, state }) => sum + probability * (state.bellWeights?.["psi+"] ?? 0),
          0,
        );
        expect(mean).toBeCloseTo(report?.average.bellWeights?.["psi+"] ?? Number.NaN, 12);
      }),
      { numRuns: RUNS },
    );
  });

  test("what is due counts as done: applying it without noise changes no report", () => {
    const program = fc.record({
      p: pairOf("a", "b"),
      q: pairOf("c", "d"),
      acts: fc.array(actOn(["a", "d"])),
      r: readout,
    });
    fc.assert(
      fc.property(program, ({ p, q, acts, r }) => {
        const steps = [p, q, { op: "swap", qubits: ["b", "c"], ...r }, ...acts];
        const report = { op: "report", qubits: ["a", "d"] };
        const due = run([...steps, report]).reports[0];
        const done = run([...steps, { op: "correct", qubits: ["a", "d"] }, { ...report, raw: true }]).reports[0];
        for (const [at, population] of (due?.average.populations ?? []).entries()) {
          expect(done?.average.populations[at]).toBeCloseTo(population, 12);
          expect(done?.raw?.populations[at]).toBeCloseTo(population, 12);
        }
        expect(done?.raw?.bellWeights?.["phi+"]).toBeCloseTo(due?.average.bellWeights?.["phi+"] ?? Number.NaN, 12);
      }),
      { numRuns: RUNS },
    );
  });

  test("Bob's qubit is the same whether or not Alice acts, as long as he is told nothing", () => {
    const program = fc.record({
      p: pairOf("a", "b"),
      q: pairOf("c", "d"),
      acts: fc.array(actOn(["a", "c"])),
      r: readout,
    });
    fc.assert(
      fc.property(program, ({ p, q, acts, r }) => {
        const wait = { op: "wait", qubits: ["b", "d"], tS: 0.3, t1S: 1, t2S: 1 };
        const bob = { op: "report", qubits: ["b", "d"], raw: true };
        const alice = [...acts, { op: "measure", qubit: "a", basis: "x", ...r }, { op: "measure", qubit: "c", ...r }];
        const idle = run([p, q, wait, bob]).reports[0]?.raw?.rho;
        const acted = run([p, q, ...alice, wait, bob]).reports[0]?.raw?.rho;
        for (const [row, entries] of (idle ?? []).entries()) {
          for (const [column, [real, imaginary]] of entries.entries()) {
            expect(acted?.[row]?.[column]?.[0]).toBeCloseTo(real, 12);
            expect(acted?.[row]?.[column]?.[1]).toBeCloseTo(imaginary, 12);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("without noise, every group is in the state that was meant, in every history", () => {
    const act = fc.oneof(
      fc.record({ gate: fc.constantFrom(...gates.one), qubits: fc.tuple(fc.constantFrom("a", "d", "f")) }),
      fc.record({
        gate: fc.constantFrom(...gates.two),
        qubits: fc.shuffledSubarray(["a", "d", "f"], { minLength: 2, maxLength: 2 }),
      }),
    );
    const program = fc.record({ names: fc.tuple(bellName, bellName, bellName), acts: fc.array(act, { maxLength: 8 }) });
    fc.assert(
      fc.property(program, ({ names, acts }) => {
        const ends = ["ab", "cd", "ef"].map(([first, second], at) => ({
          op: "state",
          qubits: [first, second],
          state: names[at],
          announced: names[at],
        }));
        const joined = [
          { op: "swap", qubits: ["b", "c"] },
          { op: "fuse", keep: "d", measure: "e" },
        ];
        const { reports } = run([...ends, ...joined, ...acts.map((each) => ({ op: "gate", ...each }))]);
        for (const { branches } of reports) {
          for (const { state } of branches) expect(state.fidelity).toBeCloseTo(1, 12);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
