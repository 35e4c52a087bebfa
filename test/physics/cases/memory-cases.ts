import { fidelityOf, memoryDecay, multiply } from "@bellmesh/bell";
import { fidelity, pair, type Section } from "./physics-case.ts";

const bothWait = [
  { op: "wait", qubits: ["a"], tS: 0.2, t1S: 10, t2S: 1 },
  { op: "wait", qubits: ["b"], tS: 0.35, t1S: 3, t2S: 0.5 },
];
const stored = (state: string) => () => fidelity([pair("a", "b", { state, announced: state }), ...bothWait]);

/** By α, attempts of one e-folding, and the fidelity that leaves. */
const kalb = [
  [0.05, 339, "0.6836958014"],
  [0.1, 357, "0.6841389763"],
  [0.3, 460, "0.6837958973"],
  [0.5, 644, "0.6838530928"],
] as const;

/** Of Z in an attempt: p_d = ½(1 − α)(1 − e^(−(Δω·τ)²/2)) at Δω = 2π·77 kHz and τ = 163 ns (Kalb et al. 2018). */
function attemptDephasing(alpha: number): number {
  const turned = 2 * Math.PI * 77e3 * 163e-9;
  return 0.5 * (1 - alpha) * (1 - Math.exp((-turned * turned) / 2));
}

export const memoryCases: Section = {
  title: "Memories and local noise",
  about:
    "One half waits 0.2 s with T1 = 10 s, T2 = 1 s, the other 0.35 s with 3 s and 0.5 s. " +
    "Φ: ¼[1 + γaγb + (1−γa)(1−γb) + 2c]; Ψ: ¼[(1−γa) + (1−γb) + 2c]; twirled: ¼[1 + (1−γa)(1−γb) + 2c], " +
    "with γ = 1 − e^(−t/T1) and c = e^(−ta/T2a − tb/T2b).",
  cases: [
    { what: "Φ+, both halves stored", expected: "0.6718951845", ours: stored("phi+") },
    { what: "Φ−, both halves stored", expected: "0.6718951845", ours: stored("phi-") },
    { what: "Ψ+, both halves stored", expected: "0.6708049409", ours: stored("psi+") },
    { what: "Ψ−, both halves stored", expected: "0.6708049409", ours: stored("psi-") },
    {
      what: "the same by Pauli-twirled decay, as predictions use it",
      expected: "0.6713500627",
      ours: () => fidelityOf(multiply(memoryDecay(10, 1, 0.2), memoryDecay(3, 0.5, 0.35))),
    },
    {
      what: "Φ+, one half stored 0.7 s, no T1, T2 = 2 s: ½(1 + e^(−0.35))",
      expected: "0.8523440449",
      ours: () => fidelity([pair("a", "b", { state: "phi+" }), { op: "wait", qubits: ["a"], tS: 0.7, t2S: 2 }]),
    },
    {
      what: "|0⟩ after depolarising p = 0.08: 1 − p/2",
      expected: "0.96",
      ours: () =>
        fidelity([
          { op: "state", qubits: ["a"], state: "0" },
          { op: "depolarise", qubits: ["a"], probability: 0.08 },
        ]),
    },
    {
      what: "half of Φ+ after depolarising p = 0.08: 1 − 3p/4",
      expected: "0.94",
      ours: () => fidelity([pair("a", "b", { state: "phi+" }), { op: "depolarise", qubits: ["a"], probability: 0.08 }]),
    },
    {
      what: "both halves together, p = 0.08: 1 − 3p/4",
      expected: "0.94",
      ours: () =>
        fidelity([pair("a", "b", { state: "phi+" }), { op: "depolarise", qubits: ["a", "b"], probability: 0.08 }]),
    },
    ...kalb.map(([alpha, times, expected]) => ({
      what: `Φ+ with one half stored beside ${times} attempts at α = ${alpha} (Kalb et al. 2018)`,
      expected,
      ours: () =>
        fidelity([
          pair("a", "b", { state: "phi+" }),
          { op: "dephase", qubits: ["a"], probability: attemptDephasing(alpha), times },
        ]),
    })),
  ],
};
