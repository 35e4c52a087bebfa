import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** When a mesh began: by the wall clock and, on the machine that noted it, by its monotonic clock. */
export interface MeshStart {
  readonly unixNs: bigint;
  /** What the monotonic clock showed then, and the boot of the machine it belongs to. */
  readonly monotonic: { readonly ns: bigint; readonly bootId: string } | undefined;
}

/** meshStart on this machine's monotonic clock. */
export interface StartAnchor {
  readonly monotonicNs: bigint;
  /** How far off it may be, in ns of wall time; 0 on the machine that noted it. */
  readonly uncertaintyNs: number;
}

const FILE = "mesh-start";
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";
/** How well wall clocks of different machines agree where NTP keeps them, in one building. */
const WALL_CLOCKS_AGREE_NS = 1e6;
const WALL_CLOCK_READINGS = 3;

/**
 * The start that all processes with this state directory agree on: the first to come notes it.
 * @throws Error of the system when the directory cannot be written, Error when the file holds something else.
 */
export function meshStartIn(stateDir: string): MeshStart {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, FILE);
  const noted = readMeshStart(file);
  if (noted) return noted;
  // Containers that share the directory have the same process ids.
  const aside = `${file}.${randomUUID()}`;
  writeFileSync(aside, `${meshStartText(meshStartNow())}\n`);
  try {
    // Unlike a rename, a link leaves a file alone that another process was quicker to make.
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(aside);
  }
  const agreed = readMeshStart(file);
  if (!agreed) throw new Error(`${file} was there and is gone; leave the state directory to the mesh`);
  return agreed;
}

/** A mesh that starts at this moment. */
export function meshStartNow(): MeshStart {
  const { unixNs, monotonicNs } = wallClock();
  const bootId = currentBootId();
  return { unixNs, monotonic: bootId === undefined ? undefined : { ns: monotonicNs, bootId } };
}

/** As it stands in BELLMESH_MESH_START: "<unix ns>" or "<unix ns>,<monotonic ns>,<boot id>". */
export function meshStartText({ unixNs, monotonic }: MeshStart): string {
  return monotonic ? `${unixNs},${monotonic.ns},${monotonic.bootId}` : `${unixNs}`;
}

/** Undefined when the text is no such thing. */
export function parseMeshStart(text: string): MeshStart | undefined {
  const parts = /^(\d{1,19})(?:,(\d{1,19}),([\w-]{1,64}))?$/.exec(text.trim());
  if (!parts) return undefined;
  const [, unixNs = "", ns, bootId] = parts;
  const monotonic = ns === undefined || bootId === undefined ? undefined : { ns: BigInt(ns), bootId };
  return { unixNs: BigInt(unixNs), monotonic };
}

/** Finds meshStart on the monotonic clock: exactly since the boot in which it was noted, else by the wall clock. */
export function anchorOf({ unixNs, monotonic }: MeshStart): StartAnchor {
  if (monotonic && monotonic.bootId === currentBootId()) return { monotonicNs: monotonic.ns, uncertaintyNs: 0 };
  const now = wallClock();
  const uncertaintyNs = now.uncertaintyNs + WALL_CLOCKS_AGREE_NS;
  return { monotonicNs: now.monotonicNs - (now.unixNs - unixNs), uncertaintyNs };
}

function readMeshStart(file: string): MeshStart | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const start = parseMeshStart(text);
  if (!start) throw new Error(`${file} does not hold the start of a mesh; remove it to begin anew`);
  return start;
}

/** Undefined where the system does not tell; then a monotonic clock is good for one process only. */
function currentBootId(): string | undefined {
  try {
    return readFileSync(BOOT_ID_FILE, "utf8").trim();
  } catch {
    return undefined;
  }
}

interface WallClockReading {
  readonly unixNs: bigint;
  readonly monotonicNs: bigint;
  readonly uncertaintyNs: number;
}

/** Both clocks at one moment. The wall clock shows milliseconds: waiting for the next one tells where in it we are. */
function wallClock(): WallClockReading {
  let best: WallClockReading | undefined;
  for (let reading = 0; reading < WALL_CLOCK_READINGS; reading++) {
    const former = Date.now();
    let before = process.hrtime.bigint();
    let after = before;
    let shown = former;
    while (shown === former) {
      before = after;
      shown = Date.now();
      after = process.hrtime.bigint();
    }
    const uncertaintyNs = Number(after - before);
    if (best === undefined || uncertaintyNs < best.uncertaintyNs) {
      best = { unixNs: BigInt(shown) * 1_000_000n, monotonicNs: after, uncertaintyNs };
    }
  }
  return best as WallClockReading;
}
