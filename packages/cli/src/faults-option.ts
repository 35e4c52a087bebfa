import type { Option } from "./command.ts";

/** The option that lets things go wrong during a request, the same in both worlds. */
export const faultsOption: Option = {
  value: "FILE",
  summary: "what goes wrong, when and where: a schedule of faults (docs/faults.md)",
};
