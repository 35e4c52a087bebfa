import { connectionTo, lostCalibrationText, lostVersion, meshHardware } from "@bellmesh/emulation";
import { figuresOf, type Platform, platforms } from "@bellmesh/hardware";
import { loadPlatform, platformText } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import type { Command, Output } from "./command.ts";
import { hardwareInForceText } from "./hardware-in-force-text.ts";
import { givenMesh, nameOption } from "./mesh-option.ts";
import { nodeOption } from "./node-option.ts";
import { table } from "./table.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh hardware show`: the figures of a platform and where each comes from. */
export const hardwareShow: Command = {
  name: "hardware show",
  summary: "show the figures of a hardware platform",
  description:
    "Shows every figure of a hardware platform with its unit and its source. Figures marked with ? were not read at\n" +
    "their source or are rounded choices: confirm them before you rely on them. With --as-file it writes the\n" +
    "platform as a file, a starting point for one of your own, which a topology names as `platform: ./my-lab.yaml`.",
  positionals: [
    { name: "PLATFORM", summary: "its name, as `bellmesh hardware list` gives it, or a file", isOptional: true },
  ],
  options: {
    "as-file": { summary: "write it as a platform file, named my-<name>" },
    node: { value: "NODE", summary: "instead of a platform: what a node of a running mesh has now, and its version" },
    name: nameOption,
  },
  examples: [
    "bellmesh hardware show nv-2019",
    "bellmesh hardware show trapped-ion --json",
    "bellmesh hardware show nv-2019 --as-file",
    "bellmesh hardware show examples/platforms/ion-lab.yaml",
  ],
  run(given, output) {
    if (given.has("node")) return showNode(given, output);
    const [name] = given.positionals;
    if (name === undefined) {
      throw new UsageError("no platform is named", `name a file, or one of ${[...platforms.keys()].join(", ")}`);
    }
    const platform = loadPlatform(name);
    output.result(given.has("as-file") ? asFile(platform, given.has("json")) : shown(platform, given.has("json")));
    return 0;
  },
};

/** What a node of a running mesh has now: with which version, and whether it was measured. */
async function showNode(given: Arguments, output: Output): Promise<number> {
  if (given.positionals.length > 0) throw new UsageError("a platform and --node are given", "give one of them");
  const connection = connectionTo(givenMesh(given));
  const hardware = await meshHardware(connection, nodeOption(given, connection.topology, "node") as string);
  output.result(given.has("json") ? JSON.stringify(hardware) : hardwareInForceText(hardware));
  const heard = await lostVersion(connection, hardware);
  if (heard !== undefined) output.note(`bellmesh: ${lostCalibrationText(hardware, heard)}`);
  return 0;
}

/** A platform that comes along gets another name: a file may not take its. */
function asFile(platform: Platform, json: boolean): string {
  const own = platforms.has(platform.name) ? { ...platform, name: `my-${platform.name}` } : platform;
  const text = platformText(own);
  return json ? JSON.stringify({ name: own.name, file: text }) : text.trimEnd();
}

function shown(platform: Platform, json: boolean): string {
  if (json) return JSON.stringify(platform);

  const figures = figuresOf(platform);
  const rows = figures.map(([field, [value, { citation, isUnconfirmed }]]) => {
    const unit = unitOf(field);
    return [field, `${value}`, unit, `${isUnconfirmed ? "? " : ""}${citation}`];
  });
  const title = `${platform.name}: ${platform.title}, heralded by ${platform.emission.scheme}`;
  const isAnyUnconfirmed = figures.some(([, [, { isUnconfirmed }]]) => isUnconfirmed);
  const legend = isAnyUnconfirmed
    ? "\n\n? not read at its source, or a rounded choice: confirm it before you rely on it"
    : "";
  return `${title}\n\n${table([["field", "value", "unit", "source"], ...rows], "lrll")}${legend}`;
}

function unitOf(field: string): string {
  if (field.endsWith("StdRad")) return "rad";
  if (field.endsWith("Nm")) return "nm";
  return field.endsWith("S") ? "s" : "";
}
