import { describe, expect, test } from "vitest";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { parseProgram } from "./parse-program.ts";

// Closed forms are computed here by hand with Math; printed numbers are held to half of their last digit.

type Step = Readonly<Record<string, unknown>>;

function run(steps: readonly Step[], defaults: Step = {}): Evaluation {
  return evaluate(parseProgram(JSON.stringify({ defaults, steps }), "test"));
}

function fidelity(steps: readonly Step[], defaults: Step = {}): number {
  return run(steps, defaults).reports.at(-1)?.average.fidelity as number;
}

function weights(evaluation: Evaluation): number[] {
  return Object.values(evaluation.reports.at(-1)?.average.bellWeights ?? {});
}

function figure(evaluation: Evaluation, name: string): number {
  return evaluation.steps.find(({ figures }) => name in figures)?.figures[name] as number;
}

const pair = (first: string, second: string, state: Step): Step => ({ op: "state", qubits: [first, second], ...state });
const werner = (f: number): Step => ({ wernerFidelity: f });
const bell = (...bellWeights: number[]): Step => ({ bellWeights });

/** Nine decimals. */
function expectClose(actual: number, expected: number, tolerance = 1e-9): void {
  expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe("memory", () => {
  const [ta, t1a, t2a, tb, t1b, t2b] = [0.2, 10, 1, 0.35, 3, 0.5];
  const waits = [
    { op: "wait", qubits: ["a"], tS: ta, t1S: t1a, t2S: t2a },
    { op: "wait", qubits: ["b"], tS: tb, t1S: t1b, t2S: t2b },
  ];
  const [ga, gb] = [1 - Math.exp(-ta / t1a), 1 - Math.exp(-tb / t1b)];
  const c = Math.exp(-ta / t2a - tb / t2b);

  test.each(["phi+", "phi-"])("%s with both halves stored gains by what relaxes together", (state) => {
    const expected = (1 + ga * gb + (1 - ga) * (1 - gb) + 2 * c) / 4;
    expectClose(expected, 0.6718951845, 5e-11);
    expectClose(fidelity([pair("a", "b", { state, announced: state }), ...waits]), expected);
    expectClose(fidelity([pair("a", "b", { state }), ...waits]), expected);
  });

  test.each(["psi+", "psi-"])("%s with both halves stored does not", (state) => {
    const expected = (1 - ga + (1 - gb) + 2 * c) / 4;
    expectClose(expected, 0.6708049409, 5e-11);
    expectClose(fidelity([pair("a", "b", { state, announced: state }), ...waits]), expected);
  });

  test("without relaxation it is ½(1 + e^(−t/T2))", () => {
    const steps = [pair("a", "b", { state: "phi+" }), { op: "wait", qubits: ["a"], tS: 0.7, t2S: 2 }];
    expectClose(fidelity(steps), (1 + Math.exp(-0.35)) / 2);
  });

  test("dephasing by attempts: (1 − 2p)^N, with p of Kalb's model", () => {
    const turned = 2 * Math.PI * 77e3 * 163e-9;
    const p = 0.5 * (1 - 0.1) * (1 - Math.exp((-turned * turned) / 2));
    expectClose(p, 1.3971e-3, 5e-8);
    const steps = [pair("a", "b", { state: "phi+" }), { op: "dephase", qubits: ["a"], probability: p, times: 357 }];
    expectClose(fidelity(steps), (1 + (1 - 2 * p) ** 357) / 2);
    expectClose((1 - 2 * p) ** 357, Math.exp(-1), 2e-3);
  });

  test("depolarising: 1 − 3p/4 on half a pair or on both halves together, 1 − p/2 on |0⟩", () => {
    const p = 0.08;
    const half = { op: "depolarise", qubits: ["a"], probability: p };
    expectClose(fidelity([pair("a", "b", { state: "phi+" }), half]), 1 - (3 * p) / 4);
    expectClose(fidelity([{ op: "state", qubits: ["a"], state: "0" }, half]), 1 - p / 2);
    const both = { op: "depolarise", qubits: ["a", "b"], probability: p };
    expectClose(fidelity([pair("a", "b", { state: "phi+" }), both]), 1 - (3 * p) / 4);
    expectClose(fidelity([{ op: "state", qubits: ["a"], state: "0", depolarising: p }]), 1 - p / 2);
  });

  test("a Pauli channel permutes Bell weights", () => {
    const channel = { op: "pauli-channel", qubit: "b", weights: [0.7, 0.1, 0.05, 0.15] };
    const found = weights(run([pair("a", "b", { state: "phi+" }), channel]));
    for (const [at, expected] of [0.7, 0.1, 0.15, 0.05].entries()) expectClose(found[at] as number, expected);
  });
});

describe("swapping", () => {
  const swap = { op: "swap", qubits: ["b1", "b2"] };

  test("is the convolution of Bell weights, mixed by readout errors and depolarising", () => {
    const [p, q] = [[0.9, 0.04, 0.03, 0.03] as const, [0.85, 0.05, 0.08, 0.02] as const];
    const [kept, p01, p10] = [0.97, 0.05, 0.005];
    const m = 1 - (p01 + p10) / 2;
    const c = [0, 1, 2, 3].map((k) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + (p[i] as number) * (q[i ^ k] as number), 0),
    );
    const at = (k: number) => c[k] as number;
    const evaluation = run([pair("a", "b1", bell(...p)), pair("b2", "c", bell(...q)), swap], {
      twoQubitDepolarising: 1 - kept,
      p01,
      p10,
    });
    for (const [k, found] of weights(evaluation).entries()) {
      const flipped = m * m * at(k) + m * (1 - m) * (at(k ^ 1) + at(k ^ 2)) + (1 - m) * (1 - m) * at(k ^ 3);
      expectClose(found, kept * flipped + (1 - kept) / 4);
    }
  });

  test("tells more or less by outcome when readout errs one way more than the other", () => {
    const [report] = run([pair("a", "b1", werner(0.95)), pair("b2", "c", werner(0.95)), swap], {
      p01: 0.05,
      p10: 0.005,
    }).reports;
    const by = new Map(report?.branches.map(({ outcomes, state }) => [outcomes.swap1, state.fidelity as number]));
    const printed = { "phi+": 0.8942, "psi+": 0.8573, "phi-": 0.8573, "psi-": 0.822 };
    for (const [outcome, expected] of Object.entries(printed)) expectClose(by.get(outcome) as number, expected, 5e-5);
    expectClose(report?.average.fidelity as number, 0.8561, 5e-5);
    const [w, m] = [(4 * 0.95 - 1) / 3, 1 - 0.0275];
    expectClose(report?.average.fidelity as number, 0.25 + w * w * (m * m - 0.25));
  });

  test("a chain of four pairs multiplies Pauli eigenvalues", () => {
    const states = [
      [0.9, 0.04, 0.03, 0.03],
      [0.85, 0.05, 0.08, 0.02],
      [0.92, 0.01, 0.05, 0.02],
      [0.88, 0.06, 0.03, 0.03],
    ] as const;
    const steps = states.flatMap((weights, at) => [
      pair(`r${at}`, `l${at + 1}`, bell(...weights)),
      ...(at === 0 ? [] : [{ op: "swap", qubits: [`l${at}`, `r${at}`] }]),
    ]);
    const [g, l] = [0.97, 1 - 0.055];
    const [x, y, z] = [
      states.reduce((all, [p0, p1, p2, p3]) => all * (p0 + p1 - p2 - p3), (g * l) ** 3),
      states.reduce((all, [p0, p1, p2, p3]) => all * (p0 + p3 - p1 - p2), (g * l * l) ** 3),
      states.reduce((all, [p0, p1, p2, p3]) => all * (p0 + p2 - p1 - p3), (g * l) ** 3),
    ];
    const noise = { twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.005 };
    expectClose((1 + x + y + z) / 4, 0.5369842757, 5e-11);
    expectClose(fidelity(steps, noise), (1 + x + y + z) / 4);
  });

  test.each([
    [0.95, 2, 0.9033333, 5e-8],
    [0.95, 4, 0.8191259, 5e-8],
    [0.99, 4, 0.9607929, 5e-8],
  ])("Werner pairs of %d, %i of them: %d", (f, n, printed, tolerance) => {
    const steps = Array.from({ length: n }, (_, at) => [
      pair(`r${at}`, `l${at + 1}`, werner(f)),
      ...(at === 0 ? [] : [{ op: "swap", qubits: [`l${at}`, `r${at}`] }]),
    ]).flat();
    const expected = 0.25 + 0.75 * ((4 * f - 1) / 3) ** n;
    expectClose(expected, printed, tolerance);
    expectClose(fidelity(steps), expected);
  });

  test("eight Werner pairs through all 16,384 histories", () => {
    const steps = Array.from({ length: 8 }, (_, at) => [
      pair(`r${at}`, `l${at + 1}`, werner(0.95)),
      ...(at === 0 ? [] : [{ op: "swap", qubits: [`l${at}`, `r${at}`] }]),
    ]).flat();
    expectClose(fidelity(steps), 0.6818724, 5e-8);
  });

  test("linear optics sees Ψ+ and Ψ− only, and so succeeds half of the time", () => {
    const optical = { ...swap, detects: ["psi+", "psi-"] };
    const evaluation = run([pair("a", "b1", werner(0.9)), pair("b2", "c", werner(0.9)), optical]);
    expectClose(evaluation.successProbability, 0.5);
    const w = (4 * 0.9 - 1) / 3;
    expectClose(evaluation.reports[0]?.average.fidelity as number, (1 + 3 * w * w) / 4);
  });
});

describe("distillation", () => {
  const distil = (protocol: string): Step => ({ op: "distil", protocol, keep: "a-b", measure: "c-d" });

  test.each([
    [0.7, 0.68, 0.7352941],
    [0.8, 0.7688889, 0.8381503],
    [0.9, 0.8755556, 0.92639594],
  ])("BBPSSW of Werner %d", (f, printedSuccess, printed) => {
    const e = (1 - f) / 3;
    const n = f * f + 2 * f * e + 5 * e * e;
    expectClose(n, printedSuccess, 5e-8);
    expectClose((f * f + e * e) / n, printed, 5e-8);
    const evaluation = run([pair("a", "b", werner(f)), pair("c", "d", werner(f)), distil("bbpssw")]);
    expectClose(evaluation.successProbability, n);
    expectClose(evaluation.reports[0]?.average.fidelity as number, (f * f + e * e) / n);
  });

  test("BBPSSW twirls first: of two pairs only the fidelities count", () => {
    const given = [pair("a", "b", bell(0.8, 0.15, 0.05, 0)), pair("c", "d", bell(0.75, 0, 0.05, 0.2))];
    const same = [pair("a", "b", werner(0.8)), pair("c", "d", werner(0.75))];
    expectClose(fidelity([...given, distil("bbpssw")]), fidelity([...same, distil("bbpssw")]));
  });

  test("DEJMPS of two pairs of any Bell weights", () => {
    const [p, q] = [
      [0.75, 0.08, 0.12, 0.05],
      [0.7, 0.1, 0.05, 0.15],
    ] as const;
    const [A, C, D, B] = p;
    const [a, c, d, b] = q;
    const n = (A + B) * (a + b) + (C + D) * (c + d);
    const evaluation = run([pair("a", "b", bell(...p)), pair("c", "d", bell(...q)), distil("dejmps")]);
    expectClose(evaluation.successProbability, n);
    const expected = [A * a + B * b, C * c + D * d, A * b + B * a, C * d + D * c];
    for (const [k, found] of weights(evaluation).entries()) expectClose(found, (expected[k] as number) / n);
  });

  test.each([
    [0.7, 0.8459459, 0.6401384],
    [0.8, 0.9436392, 0.7445955],
    [0.9, 0.9887635, 0.8679688],
  ])("DEJMPS nested twice from Werner %d", (f, printed, printedSuccess) => {
    const round = (keep: string, measured: string) => ({ op: "distil", protocol: "dejmps", keep, measure: measured });
    const evaluation = run([
      ...["1", "2", "3", "4"].map((n) => pair(`a${n}`, `b${n}`, werner(f))),
      ...[round("a1-b1", "a2-b2"), round("a3-b3", "a4-b4"), round("a1-b1", "a3-b3")],
    ]);
    expectClose(evaluation.reports[0]?.average.fidelity as number, printed, 5e-8);
    expectClose(evaluation.steps.at(-1)?.successProbability as number, printedSuccess, 5e-8);
  });

  test("EPL of single-click states gives a pure Ψ+ with ½(1 − α)²", () => {
    const alpha = 0.2;
    const half = (1 - alpha) / 2;
    const xState = { populations: [0, half, half, alpha], psi: half };
    const evaluation = run([
      pair("a", "b", { xState, announced: "psi+" }),
      pair("c", "d", { xState, announced: "psi+" }),
      distil("epl"),
    ]);
    expectClose(evaluation.successProbability, 0.32);
    expectClose(evaluation.reports[0]?.average.fidelity as number, 1);
  });

  test("EPL cancels a phase that both pairs have", () => {
    const xState = { populations: [0, 0.4, 0.4, 0.2], psi: [0.4 * Math.cos(1.1), 0.4 * Math.sin(1.1)] };
    const steps = ["a", "c"].map((first, at) => pair(first, at === 0 ? "b" : "d", { xState, announced: "psi+" }));
    expectClose(fidelity([...steps, distil("epl")]), 1);
  });

  test("what was announced does not matter to a protocol", () => {
    const written = (index: string, k: number) => ({
      bellWeights: [0, 1, 2, 3].map((at) => [0.7, 0.15, 0.1, 0.05][at ^ k] as number),
      announced: index,
    });
    const [first, second] = [written("psi-", 3), written("phi-", 2)];
    const plain = [pair("a", "b", written("phi+", 0)), pair("c", "d", written("phi+", 0))];
    for (const protocol of ["dejmps", "bbpssw"]) {
      const announced = run([pair("a", "b", first), pair("c", "d", second), distil(protocol)]);
      const reference = run([...plain, distil(protocol)]);
      expectClose(announced.successProbability, reference.successProbability);
      for (const [k, weight] of weights(announced).entries()) expectClose(weight, weights(reference)[k] as number);
    }
  });
});

describe("teleportation", () => {
  const resource = pair("a", "b", bell(0.85, 0.06, 0.05, 0.04));

  test.each([
    [{ delayS: 0.1, t1S: 2, t2S: 0.3 }, 0.8179056],
    [{}, 0.9],
    [{ twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.01 }, 0.857608],
  ])("on average over six states, %j: %d", (noise, printed) => {
    const {
      delayS = 0,
      t1S = 1,
      t2S = 1,
      twoQubitDepolarising = 0,
      p01 = 0,
      p10 = 0,
    } = noise as Record<string, number>;
    const [p0, p1, p2, p3] = [0.85, 0.06, 0.05, 0.04];
    const [l, decay, relax] = [1 - p01 - p10, Math.exp(-delayS / t2S), Math.exp(-delayS / t1S)];
    const sum = (p0 + p1 - p2 - p3) * l * decay + (p0 + p3 - p1 - p2) * l * l * decay + (p0 + p2 - p1 - p3) * l * relax;
    const expected = 0.5 + (sum * (1 - twoQubitDepolarising)) / 6;
    expectClose(expected, printed, 5e-8);
    const evaluation = run([resource, { op: "teleport", pair: "a-b", input: "average", ...noise }]);
    expectClose(figure(evaluation, "averageFidelity"), expected);
  });

  test("|0⟩ and |1⟩ fare alike when the correction follows the wait, and not when it precedes it", () => {
    const sent = (input: string, correction: string) => {
      const step = { op: "teleport", pair: "a-b", input, correction, delayS: 0.4, t1S: 1, t2S: 1 };
      return figure(run([resource, step]), "fidelity");
    };
    expectClose(sent("0", "after-wait"), sent("1", "after-wait"));
    expect(sent("0", "before-wait")).toBeGreaterThan(sent("1", "before-wait") + 0.2);
  });

  test("a qubit of a pair that is teleported swaps it", () => {
    const steps = [pair("x", "q", werner(0.93)), resource];
    const sent = run([...steps, { op: "teleport", pair: "a-b", qubit: "q" }]);
    const swapped = run([...steps, { op: "swap", qubits: ["q", "a"] }]);
    for (const [k, weight] of weights(sent).entries()) expectClose(weight, weights(swapped)[k] as number);
  });

  test("the conditional fidelities average to the fidelity of the state that is left", () => {
    const steps = [resource, { op: "teleport", pair: "a-b", input: [0.6, [0, 0.8]], p01: 0.02, p10: 0.07, as: "t" }];
    const evaluation = run(steps);
    expectClose(figure(evaluation, "fidelity"), evaluation.reports[0]?.average.fidelity as number);
  });
});

describe("telegates", () => {
  const judge = (weightsOf: number[], noise: Step = {}, gate = "cnot") => {
    const evaluation = run([pair("a", "b", bell(...weightsOf)), { op: "telegate", pair: "a-b", gate, ...noise }]);
    return [figure(evaluation, "processFidelity"), figure(evaluation, "averageGateFidelity")] as const;
  };

  test.each(["cnot", "cz"])("%s: F of the pair is the process fidelity", (gate) => {
    const [process, average] = judge([0.9, 0.04, 0.035, 0.025], {}, gate);
    expectClose(process, 0.9);
    expectClose(average, 0.92);
  });

  test.each(["cnot", "cz"])("%s: a misread bit is a Pauli on the other side", (gate) => {
    const [p0, p1, p2, p3, m] = [0.9, 0.04, 0.035, 0.025, 0.03] as const;
    const expected = p0 * (1 - m) * (1 - m) + p1 * m * (1 - m) + p2 * (1 - m) * m + p3 * m * m;
    expectClose(expected, 0.849015, 5e-7);
    expectClose(judge([p0, p1, p2, p3], { p01: m, p10: m }, gate)[0], expected);
  });

  test("gates that depolarise", () => {
    const [process, average] = judge([0.9, 0.04, 0.035, 0.025], { twoQubitDepolarising: 0.02 });
    expectClose(process, 0.869285, 5e-7);
    expectClose(average, 0.895428, 5e-7);
  });

  test("the control waits for a round trip: it loses ½(1 − e^(−2t/T2))", () => {
    const noise = { delayS: 0.05, t2S: 1, idle: ["control"] };
    expectClose(judge([1, 0, 0, 0], noise)[0], (1 + Math.exp(-0.1)) / 2);
  });

  test.each([
    ["cnot", "+", "0", "phi+"],
    ["cz", "+", "1", undefined],
  ])("%s on a control in %s and a target in %s", (gate, control, target, name) => {
    const steps = [
      { op: "state", qubits: ["c"], state: control },
      { op: "state", qubits: ["t"], state: target },
      pair("a", "b", { state: "psi-", announced: "psi-" }),
      { op: "telegate", pair: "a-b", control: "c", target: "t", gate },
    ];
    const evaluation = run(steps);
    expect(evaluation.branches).toBe(4);
    expect(evaluation.reports.map((report) => report.target)).toEqual([name]);
    expectClose(evaluation.reports[0]?.average.fidelity as number, 1);
  });
});

describe("fusion", () => {
  test("two pairs make a GHZ state of three, and a third pair one of four", () => {
    const evaluation = run([
      pair("a", "b1", { state: "psi+", announced: "psi+" }),
      pair("b2", "c1", { state: "phi-", announced: "phi-" }),
      { op: "fuse", keep: "b1", measure: "b2" },
      pair("c2", "d", { state: "psi-", announced: "psi-" }),
      { op: "fuse", keep: "c1", measure: "c2", name: "four" },
    ]);
    const [report] = evaluation.reports;
    expect(report).toMatchObject({ name: "four", qubits: ["a", "b1", "c1", "d"], target: "ghz" });
    expectClose(report?.average.fidelity as number, 1);
    for (const { state } of report?.branches ?? []) expectClose(state.fidelity as number, 1);
  });

  test("of Bell-diagonal pairs: F = p₀q₀ + p₂q₂ when only phases err, and a misread bit ruins it", () => {
    const [p, q, m] = [0.9, 0.8, 0.04];
    const states = [pair("a", "b1", bell(p, 0, 1 - p, 0)), pair("b2", "c", bell(q, 0, 1 - q, 0))];
    const fused = { op: "fuse", keep: "b1", measure: "b2", p01: m, p10: m };
    expectClose(fidelity([...states, fused]), (1 - m) * (p * q + (1 - p) * (1 - q)));
  });
});
