import type { Command } from "./command.ts";
import { compose } from "./compose.ts";
import { simulate } from "./simulate.ts";
import { topologyShow } from "./topology-show.ts";
import { topologyValidate } from "./topology-validate.ts";

/** The command table: every command of `bellmesh`, in the order in which help lists them. */
export const commands: readonly Command[] = [simulate, compose, topologyValidate, topologyShow];
