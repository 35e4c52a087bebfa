import { differenceText, wrapped } from "../page-text.ts";
import { distillationCases } from "./distillation-cases.ts";
import { memoryCases } from "./memory-cases.ts";
import type { PhysicsCase, Section } from "./physics-case.ts";
import { rateCases } from "./rate-cases.ts";
import { swapCases } from "./swap-cases.ts";
import { teleportationCases } from "./teleportation-cases.ts";
import { useCases } from "./use-cases.ts";

export const sections: readonly Section[] = [
  memoryCases,
  swapCases,
  distillationCases,
  teleportationCases,
  useCases,
  rateCases,
];

/** Half a unit of the last digit that is printed, and no less than 1e-9. */
export function toleranceOf({ expected }: PhysicsCase): number {
  const decimals = expected.split(".")[1]?.length ?? 0;
  return Math.max(1e-9, decimals === 0 ? 0 : 0.5000001 * 10 ** -decimals);
}

const DECIMALS = 10;

/** The page, as it stands in docs. */
export function page(): string {
  return [
    "# Physics, case by case",
    "",
    "Figures that are known, from the literature or from exact density-matrix calculations of their own, beside ours:",
    "mostly programs that [`bellmesh physics eval`](physics-programs.md) evaluates, otherwise closed forms of",
    "[`packages/bell`](../packages/bell) and [`packages/physics`](../packages/physics). A difference is at most half a",
    "unit of the expected figure's last digit; `0` is less than 1e-12. [physics.md](physics.md) says which model is",
    "behind.",
    "",
    "Written by `node test/physics/cases/write-page.ts`; a test holds this page to what that prints.",
    "",
    ...sections.flatMap(sectionLines),
  ].join("\n");
}

function sectionLines({ title, about, cases }: Section): string[] {
  return [
    `## ${title}`,
    "",
    ...wrapped(about),
    "",
    "| case | expected | ours | difference |",
    "| ---- | -------: | ---: | ---------: |",
    ...cases.map((one) => {
      const ours = one.ours();
      const cells = [one.what, one.expected, ours.toFixed(DECIMALS), differenceText(ours - Number(one.expected))];
      return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    }),
    "",
  ];
}
