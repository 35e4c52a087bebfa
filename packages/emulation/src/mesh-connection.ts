import { readFileSync } from "node:fs";
import type { NatsKind } from "@bellmesh/broker";
import type { Address } from "@bellmesh/mesh";
import { grpcAddress, type MeshStart, parseMeshStart } from "@bellmesh/process";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { EmulationError } from "./emulation-error.ts";
import type { RunDirectory } from "./run-directory.ts";

/** What a program must know to take part in a running mesh. */
export interface MeshConnection {
  readonly name: string;
  readonly topology: Topology;
  readonly seed: number;
  readonly meshStart: MeshStart;
  readonly nats: { readonly kind: NatsKind; readonly urlOf: (place: string) => string };
  readonly targetOf: (address: Address) => string;
  /** Processes started, those of services only. */
  readonly processes: number;
  /** The socket on which the supervisor answers. */
  readonly control: string;
}

/** The file in the run directory by which other programs find the mesh. */
export const MESH_FILE = "mesh.json";

/** That file. It holds passwords, and is for its owner alone. */
export interface MeshRecord {
  readonly name: string;
  readonly pid: number;
  readonly topology: string;
  readonly seed: number;
  readonly meshStart: string;
  readonly nats: { readonly kind: NatsKind; readonly urls: Readonly<Record<string, string>> };
  readonly targets: string;
  readonly processes: number;
  readonly control: string;
}

/** @throws EmulationError when no mesh of this name is up. */
export function connectionTo(directory: RunDirectory): MeshConnection {
  if (directory.owner() === undefined) {
    const expected = `start it with bellmesh up --name ${directory.name}, or name one that bellmesh status lists`;
    throw new EmulationError(`no mesh ${directory.name} is up`, expected);
  }
  try {
    return connectionOf(JSON.parse(readFileSync(directory.file(MESH_FILE), "utf8")) as MeshRecord);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new EmulationError(`the mesh ${directory.name} is just starting`, "ask again in a moment");
  }
}

/** What the record of a mesh says. */
export function connectionOf(record: MeshRecord): MeshConnection {
  const { name, seed, processes, control, targets } = record;
  const { kind, urls } = record.nats;
  return {
    name,
    seed,
    processes,
    control,
    topology: loadTopology(record.topology),
    meshStart: parseMeshStart(record.meshStart) as MeshStart,
    nats: { kind, urlOf: (place) => urls[place] ?? (urls["*"] as string) },
    targetOf: (address) => grpcAddress(targets, address),
  };
}
