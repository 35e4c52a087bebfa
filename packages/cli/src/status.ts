import { askSupervisor, connectionTo, type MeshStatus, runningMeshes } from "@bellmesh/emulation";
import type { Command } from "./command.ts";
import { givenMesh, meshBase, nameOption } from "./mesh-option.ts";
import { meshText } from "./mesh-text.ts";

const WHICH = "bellmesh status --name NAME shows one of them.";

/** `bellmesh status`: how a running mesh is. */
export const status: Command = {
  name: "status",
  summary: "show the processes of a running mesh",
  description:
    "Shows every process of a running mesh: its pid, how often it has started, whether it is ready or why not, its\n" +
    "memory and CPU time, and where applications reach it; and which nodes have been calibrated. Exit code 1 when a\n" +
    "process is not ready. Where several meshes are up and none is named, it lists them.",
  positionals: [],
  options: { name: nameOption },
  examples: ["bellmesh status", "bellmesh status --name lab --json"],
  async run(given, output) {
    const names = runningMeshes(meshBase());
    if (!given.has("name") && names.length > 1) {
      output.result(given.has("json") ? JSON.stringify({ meshes: names }) : [...names, "", WHICH].join("\n"));
      return 0;
    }
    const { control } = connectionTo(givenMesh(given));
    const mesh = await askSupervisor<MeshStatus>(control, "/status");
    output.result(given.has("json") ? JSON.stringify(mesh) : meshText(mesh));
    return mesh.processes.every(({ ready }) => ready) ? 0 : 1;
  },
};
