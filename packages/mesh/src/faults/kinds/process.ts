import type { FaultKind } from "../fault-kind.ts";
import { flag, optional, process } from "../field.ts";

const bySupervisor = { family: "process", appliedBy: "supervisor", services: [], args: {} } as const;

export const crash = {
  ...bySupervisor,
  name: "crash",
  summary: "A process ends without a word, and starts again when the fault ends.",
  target: { process: process("who ends") },
  args: {
    inStep: optional(
      flag("not at once, but in the middle of the next step that writes something down: that is kept, and never said"),
    ),
  },
} as const satisfies FaultKind;

export const restart = {
  ...bySupervisor,
  name: "restart",
  summary: "A process that is down starts again.",
  target: { process: process("who starts") },
  isMomentary: true,
} as const satisfies FaultKind;

export const storeLoss = {
  ...bySupervisor,
  name: "store-loss",
  summary: "A process ends and loses what it has stored; it starts again, with nothing, when the fault ends.",
  target: { process: process("who ends") },
} as const satisfies FaultKind;

export const pause = {
  ...bySupervisor,
  name: "pause",
  summary: "A process stands still: it hears, says and does nothing, then goes on where it was.",
  target: { process: process("who stands still") },
} as const satisfies FaultKind;
