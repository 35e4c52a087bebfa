import { bell, type PhysicsCase, pair, run, type Section, weight, werner } from "./physics-case.ts";

/** ⟨Z⊗Z⟩ and ⟨X⊗X⟩ of a pair in Φ+, from the Bell weights that the program reports. */
function correlations(steps: readonly object[]): { readonly zz: number; readonly xx: number } {
  const weights = run(steps as Parameters<typeof run>[0]).reports.at(-1)?.average.bellWeights;
  const at = (name: "phi+" | "psi+" | "phi-" | "psi-") => weights?.[name] as number;
  return {
    zz: at("phi+") - at("psi+") + at("phi-") - at("psi-"),
    xx: at("phi+") + at("psi+") - at("phi-") - at("psi-"),
  };
}

function used(f: number, errors: string, chsh: string): PhysicsCase[] {
  const steps = [pair("a", "b", werner(f))];
  return [
    { what: `error rate of Werner ${f}: 2(1 − F)/3`, expected: errors, ours: () => (1 - correlations(steps).zz) / 2 },
    {
      what: `CHSH of Werner ${f}: √2(⟨XX⟩ + ⟨ZZ⟩)`,
      expected: chsh,
      ours: () => Math.SQRT2 * (correlations(steps).xx + correlations(steps).zz),
    },
  ];
}

const lopsided = [pair("a", "b", bell(0.85, 0.06, 0.05, 0.04))];

export const useCases: Section = {
  title: "What pairs are worth",
  about:
    "From the correlations that `bellmesh physics eval` reports: error rates in Z are p₁ + p₃, in X p₂ + p₃ of the " +
    "Bell weights.",
  cases: [
    ...used(0.85, "0.1", "2.2627417"),
    ...used(0.9, "0.0666667", "2.4513035"),
    ...used(0.95, "0.0333333", "2.6398653"),
    ...used(0.99, "0.0066667", "2.7907148"),
    {
      what: "error rate in Z of [.85 .06 .05 .04]",
      expected: "0.1",
      ours: () => weight(lopsided, "psi+") + weight(lopsided, "psi-"),
    },
    {
      what: "error rate in X of [.85 .06 .05 .04]",
      expected: "0.09",
      ours: () => weight(lopsided, "phi-") + weight(lopsided, "psi-"),
    },
  ],
};
