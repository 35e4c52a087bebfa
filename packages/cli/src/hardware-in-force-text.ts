import type { HardwareChanged } from "@bellmesh/wire/ledger";
import { table } from "./table.ts";

/** The hardware of a node of a running mesh, for people. */
export function hardwareInForceText(hardware: HardwareChanged): string {
  const { node, version, platform, measuredOn, at } = hardware;
  const since = version === 0 ? "as the topology has it" : `from ${(at / 1e9).toFixed(3)} s of mesh time on`;
  const measured = platform === undefined ? "" : `, measured on ${platform}, ${measuredOn}`;
  const rows = (["memory", "storage", "gates", "readout"] as const).flatMap((part) =>
    Object.entries(hardware[part] ?? {}).map(([field, value]) => row(`${part}.${field}`, value as number)),
  );
  const title = `${node}: version ${version}, ${since}${measured}`;
  return `${title}\n\n${table([["field", "value", "unit"], ...rows], "lrl")}`;
}

/** Times that are 0 for a lifetime never come; probabilities are in parts per 10^12 on the wire. */
function row(field: string, value: number): string[] {
  if (field.endsWith("Ppt")) return [field.slice(0, -"Ppt".length), `${value / 1e12}`, ""];
  const isNever = value === 0 && /\.t[12]Ns$/.test(field);
  return [`${field.slice(0, -"Ns".length)}S`, isNever ? "Infinity" : `${value / 1e9}`, "s"];
}
