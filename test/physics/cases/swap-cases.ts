import { chainEigenvalues, eigenvaluesOf, fidelityOf, wernerTwirled } from "@bellmesh/bell";
import { bell, fidelity, pair, run, type Section, type Step, weight, werner } from "./physics-case.ts";

const readout = { p01: 0.05, p10: 0.005 };
const noisy = { twoQubitDepolarising: 0.03, ...readout };
const swap = { op: "swap", qubits: ["b1", "b2"] };
const two = (left: Step, right: Step) => [pair("a", "b1", left), pair("b2", "c", right), swap];

/** Pairs in a row, joined by swaps from the left. */
function chain(states: readonly Step[]): Step[] {
  return states.flatMap((state, at) => [
    pair(`r${at}`, `l${at + 1}`, state),
    ...(at === 0 ? [] : [{ op: "swap", qubits: [`l${at}`, `r${at}`] }]),
  ]);
}

/** The fidelity where this was reported. */
function given(outcome: string): () => number {
  return () => {
    const [report] = run(two(werner(0.95), werner(0.95)), readout).reports;
    return report?.branches.find(({ outcomes }) => outcomes.swap1 === outcome)?.state.fidelity as number;
  };
}

const four = [
  [0.9, 0.04, 0.03, 0.03],
  [0.85, 0.05, 0.08, 0.02],
  [0.92, 0.01, 0.05, 0.02],
  [0.88, 0.06, 0.03, 0.03],
] as const;

/** Both pairs of a swap whose Bell weights are all different, and what comes of each weight. */
const general = two(bell(...four[0]), bell(...four[1]));

function twirledChain(fidelityOfLink: number, links: number): number {
  const rest = (1 - fidelityOfLink) / 3;
  const link = eigenvaluesOf([fidelityOfLink, rest, rest, rest]);
  let joined = link;
  for (let at = 1; at < links; at += 1) joined = wernerTwirled(chainEigenvalues([joined, link], [noisy]));
  return fidelityOf(joined);
}

export const swapCases: Section = {
  title: "Swapping",
  about:
    "Bell weights of swapped pairs are convolved, c_k = Σ p_i·q_{i⊕k}; readout with m = 1 − (p01 + p10)/2 and a gate " +
    "that keeps G mix them: G[m²c_k + m(1−m)(c_{k⊕1} + c_{k⊕2}) + (1−m)²c_{k⊕3}] + (1−G)/4, on average over the " +
    "outcomes. Eigenvalues of chains multiply. Noise where it says noisy: G = 0.97, p01 = 0.05, p10 = 0.005.",
  cases: [
    {
      what: "[.9 .04 .03 .03] ⊗ [.85 .05 .08 .02], noisy: Φ+",
      expected: "0.718636854175",
      ours: () => weight(general, "phi+", noisy),
    },
    { what: "the same: Ψ+", expected: "0.104023945825", ours: () => weight(general, "psi+", noisy) },
    { what: "the same: Φ−", expected: "0.120340315825", ours: () => weight(general, "phi-", noisy) },
    { what: "the same: Ψ−", expected: "0.056998884175", ours: () => weight(general, "psi-", noisy) },
    {
      what: "two Werner 0.95, p01 = 0.05, p10 = 0.005, given Φ+ was reported",
      expected: "0.8942",
      ours: given("phi+"),
    },
    { what: "the same, given Ψ+", expected: "0.8573", ours: given("psi+") },
    { what: "the same, given Φ−", expected: "0.8573", ours: given("phi-") },
    { what: "the same, given Ψ−", expected: "0.8220", ours: given("psi-") },
    {
      what: "the same, on average",
      expected: "0.8561",
      ours: () => fidelity(two(werner(0.95), werner(0.95)), readout),
    },
    {
      what: "four pairs of different Bell weights, three noisy swaps",
      expected: "0.5369842757",
      ours: () => fidelity(chain(four.map((weights) => bell(...weights))), noisy),
    },
    {
      what: "the same by eigenvalues in one line",
      expected: "0.5369842757",
      ours: () =>
        fidelityOf(
          chainEigenvalues(
            four.map((weights) => eigenvaluesOf(weights)),
            [noisy, noisy, noisy],
          ),
        ),
    },
    {
      what: "two Werner 0.95, no noise",
      expected: "0.9033333",
      ours: () => fidelity(chain([werner(0.95), werner(0.95)])),
    },
    { what: "four Werner 0.95", expected: "0.8191259", ours: () => fidelity(chain(Array(4).fill(werner(0.95)))) },
    {
      what: "eight Werner 0.95, all 16,384 histories",
      expected: "0.6818724",
      ours: () => fidelity(chain(Array(8).fill(werner(0.95)))),
    },
    { what: "four Werner 0.99", expected: "0.9607929", ours: () => fidelity(chain(Array(4).fill(werner(0.99)))) },
    {
      what: "four Werner 0.93, noisy, twirled after every swap (Briegel et al. 1998)",
      expected: "0.6192790094",
      ours: () => twirledChain(0.93, 4),
    },
    {
      what: "linear optics, which tells Ψ+ and Ψ− only: probability of success",
      expected: "0.5",
      ours: () =>
        run([...two(werner(0.9), werner(0.9)).slice(0, 2), { ...swap, detects: ["psi+", "psi-"] }]).successProbability,
    },
  ],
};
