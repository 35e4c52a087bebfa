import { allMutants } from "./mutant-tree.ts";

/** The table of README.md, from the headers of the patches. */
export function mutantTable(): string {
  const rows = allMutants().map(({ name, breaks, visible, survives }) => {
    return `| \`${name}\`${survives ? " (survives)" : ""} | ${breaks} | ${visible.slice(0, -1)} |`;
  });
  return ["| mutant | what it breaks | visible |", "|---|---|---|", ...rows, ""].join("\n");
}
