import { figuresOf, type Platform, platforms } from "@bellmesh/hardware";
import type { Command } from "./command.ts";
import { table } from "./table.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh hardware show`: the figures of a platform and where each comes from. */
export const hardwareShow: Command = {
  name: "hardware show",
  summary: "show the figures of a hardware platform",
  description:
    "Shows every figure of a hardware platform with its unit and its source. Figures marked with ? were not read at\n" +
    "their source or are rounded choices: confirm them before you rely on them.",
  positionals: [{ name: "PLATFORM", summary: "its name, as `bellmesh hardware list` gives it" }],
  options: {},
  examples: ["bellmesh hardware show nv-2019", "bellmesh hardware show trapped-ion --json"],
  run(given, output) {
    const [name] = given.positionals;
    const platform = name === undefined ? undefined : platforms.get(name);
    if (!platform) {
      const problem = name === undefined ? "no platform is named" : `there is no platform ${name}`;
      throw new UsageError(problem, `name one of ${[...platforms.keys()].join(", ")}`);
    }
    output.result(given.has("json") ? JSON.stringify(platform) : platformText(platform));
    return 0;
  },
};

function platformText(platform: Platform): string {
  const rows = figuresOf(platform).map(([field, [value, { citation, isUnconfirmed }]]) => {
    const unit = unitOf(field);
    return [field, `${value}`, unit, `${isUnconfirmed ? "? " : ""}${citation}`];
  });
  const title = `${platform.name}: ${platform.title}, heralded by ${platform.emission.scheme}`;
  return `${title}\n\n${table([["field", "value", "unit", "source"], ...rows], "lrll")}`;
}

function unitOf(field: string): string {
  if (field.endsWith("StdRad")) return "rad";
  return field.endsWith("S") ? "s" : "";
}
