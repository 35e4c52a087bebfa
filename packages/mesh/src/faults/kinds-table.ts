import type { FaultKind } from "./fault-kind.ts";
import { faultKinds } from "./fault-kinds.ts";
import type { Fields } from "./field.ts";

const families = {
  classical: "What carries classical messages",
  process: "Processes",
  clock: "Clocks",
  hardware: "Quantum hardware",
} as const;

/** The tables of docs/faults.md, a section for each family: what each kind does, to whom, and how hard. */
export function kindsTables(): string {
  const kinds = [...faultKinds.values()];
  const sections = Object.entries(families).flatMap(([family, title]) => {
    const rows = kinds.filter((kind) => kind.family === family).map(row);
    if (rows.length === 0) return [];
    return [
      [`## ${title}`, "", "| kind | what happens | target | args | applied by |", "|---|---|---|---|---|", ...rows],
    ];
  });
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function row(kind: FaultKind): string {
  const { name, summary, target, args, appliedBy, services, isMomentary, deceives } = kind;
  const by = [...(appliedBy === "services" ? [] : [`the ${appliedBy}`]), ...services].join(", ");
  const notes = [
    ...(isMomentary ? ["At once; `forNs` means nothing."] : []),
    ...(deceives ? ["Claims may be untrue meanwhile."] : []),
  ];
  const told = [summary, ...notes].join(" ");
  return `| \`${name}\` | ${told} | ${fieldsText(target)} | ${fieldsText(args)} | ${by} |`;
}

function fieldsText(fields: Fields): string {
  const texts = Object.entries(fields).map(([name, { form, summary, optional, byDefault }]) => {
    const unless = byDefault === undefined ? "" : `, ${String(byDefault)} when left out`;
    return `\`${name}\` (${form}${optional ? ", may be left out" : unless}): ${summary}`;
  });
  return texts.length === 0 ? "–" : texts.join("; ");
}
