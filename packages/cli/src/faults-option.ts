import type { FaultEntry } from "@bellmesh/mesh";
import { loadSchedule } from "@bellmesh/simulation";
import { scopeOf, type Topology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import type { Option } from "./command.ts";

/** The option that lets things go wrong during a request, the same in both worlds. */
export const faultsOption: Option = {
  value: "FILE",
  summary: "what goes wrong, when and where: a schedule of faults (docs/faults.md)",
};

/** The faults that are given; none without the option. @throws ScheduleError naming the line that is wrong */
export function faultsGiven(given: Arguments, topology: Topology): readonly FaultEntry[] {
  const file = given.text("faults");
  return file === undefined ? [] : loadSchedule(file, scopeOf(topology));
}
