import type { Operation } from "./operation.ts";
import { dephase, depolarise, pauliChannel } from "./operations/channels.ts";
import { correct } from "./operations/correcting.ts";
import { discard } from "./operations/discard.ts";
import { distil } from "./operations/distil.ts";
import { fuse } from "./operations/fuse.ts";
import { gate } from "./operations/gate.ts";
import { heraldDeterministic } from "./operations/herald-deterministic.ts";
import { heraldDoubleClick } from "./operations/herald-double-click.ts";
import { heraldSingleClick } from "./operations/herald-single-click.ts";
import { measure } from "./operations/measure.ts";
import { report } from "./operations/report.ts";
import { state } from "./operations/state.ts";
import { swap } from "./operations/swap.ts";
import { telegate } from "./operations/telegate.ts";
import { teleport } from "./operations/teleport.ts";
import { wait } from "./operations/waiting.ts";

/** Every kind of step, in the order in which the schema lists them. */
export const operations: readonly Operation[] = [
  ...[heraldDoubleClick, heraldSingleClick, heraldDeterministic, state],
  ...[wait, depolarise, dephase, pauliChannel, gate],
  ...[swap, distil, teleport, telegate, fuse],
  ...[measure, correct, discard, report],
];
