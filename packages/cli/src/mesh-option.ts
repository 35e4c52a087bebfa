import { RunDirectory, runBase, runningMeshes } from "@bellmesh/emulation";
import type { Arguments } from "./arguments.ts";
import type { Option } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** Which of the running meshes is meant. */
export const nameOption: Option = { value: "NAME", summary: "the mesh's name (default: the one that is up)" };

/** Where meshes stand for whoever gave this command. */
export function meshBase(): string {
  return runBase(process.env.XDG_RUNTIME_DIR);
}

/** The run directory of the mesh that is meant. @throws UsageError when none is up, or it is not clear which. */
export function givenMesh(given: Arguments): RunDirectory {
  const name = given.text("name");
  if (name !== undefined) return new RunDirectory(meshBase(), name);
  const names = runningMeshes(meshBase());
  const [only, ...others] = names;
  if (only === undefined) {
    throw new UsageError("no mesh is up", "start one, as in bellmesh up --topology line:3");
  }
  if (others.length > 0) {
    throw new UsageError(`${names.length} meshes are up`, `say which with --name: ${names.join(", ")}`);
  }
  return new RunDirectory(meshBase(), only);
}
