import type { Command } from "./command.ts";
import { compose } from "./compose.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { down } from "./down.ts";
import { explore } from "./explore.ts";
import { faultsClear, faultsInject, faultsList } from "./faults.ts";
import { hardwareCalibrate } from "./hardware-calibrate.ts";
import { hardwareList } from "./hardware-list.ts";
import { hardwareShow } from "./hardware-show.ts";
import { physicsEval } from "./physics-eval.ts";
import { physicsLink } from "./physics-link.ts";
import { physicsPath } from "./physics-path.ts";
import { physicsSweep } from "./physics-sweep.ts";
import { replay } from "./replay.ts";
import { request } from "./request.ts";
import { serve } from "./serve.ts";
import { simulate } from "./simulate.ts";
import { stateDump } from "./state-dump.ts";
import { status } from "./status.ts";
import { topologyImport } from "./topology-import.ts";
import { topologyShow } from "./topology-show.ts";
import { topologyValidate } from "./topology-validate.ts";
import { up } from "./up.ts";

/** The command table: every command of `bellmesh`, in the order in which help lists them. */
export const commands: readonly Command[] = [
  ...[up, status, request, down, demo, serve, doctor, compose],
  ...[
    simulate,
    explore,
    replay,
    faultsInject,
    faultsList,
    faultsClear,
    stateDump,
    topologyValidate,
    topologyShow,
    topologyImport,
    hardwareList,
    hardwareShow,
    hardwareCalibrate,
    physicsEval,
    physicsLink,
    physicsPath,
    physicsSweep,
  ],
];
