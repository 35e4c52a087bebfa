import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { grpcAddress } from "@bellmesh/process";
import type { Topology } from "@bellmesh/topology";
import { EmulationError } from "./emulation-error.ts";
import { identityOf, processOf } from "./process-identity.ts";
import { socketTemplate } from "./process-plan.ts";

const LOCK = "lock";
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Where the meshes of this user stand: in $XDG_RUNTIME_DIR where there is one, else among temporary files. */
export function runBase(xdgRuntimeDir: string | undefined): string {
  if (xdgRuntimeDir !== undefined && isWritable(xdgRuntimeDir)) return join(xdgRuntimeDir, "bellmesh");
  return join(tmpdir(), `bellmesh-${userInfo().uid}`);
}

/** The names of the meshes that are up. */
export function runningMeshes(base: string): readonly string[] {
  try {
    const names = readdirSync(base).filter((name) => NAME.test(name));
    return names.filter((name) => new RunDirectory(base, name).owner() !== undefined).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Tries whether meshes of a topology can stand there: that it can be written, and leaves room for names of sockets.
 * @throws EmulationError or RangeError when not.
 */
export function tryDirectory(base: string, topology: Topology): void {
  const directory = new RunDirectory(base, `${topology.name.slice(0, 40)}-try-${process.pid}`);
  directory.claim();
  directory.release(false);
  grpcAddress(socketTemplate(directory.sockets, false), "quantum-state/nature");
}

/** The directory of one running mesh: its sockets, what its processes have made durable, their logs. */
export class RunDirectory {
  readonly name: string;
  readonly path: string;

  /** @throws EmulationError when the name can be none. */
  constructor(base: string, name: string) {
    if (!NAME.test(name)) {
      const expected = "take lower-case letters, digits and hyphens, at most 63";
      throw new EmulationError(`${JSON.stringify(name)} is no name for a mesh`, expected);
    }
    this.name = name;
    this.path = join(base, name);
  }

  /** Of the processes: a socket each. The name is short because paths of sockets must be. */
  get sockets(): string {
    return join(this.path, "s");
  }

  get state(): string {
    return join(this.path, "state");
  }

  get logs(): string {
    return join(this.path, "logs");
  }

  get nats(): string {
    return join(this.path, "nats");
  }

  /** The file that names the processes of the mesh. */
  get pids(): string {
    return join(this.path, "pids");
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Takes the directory for this process, and clears away what a supervisor that is gone has left in it.
   * @throws EmulationError when another supervisor runs a mesh of this name, or the directory cannot be written.
   */
  claim(): void {
    const base = join(this.path, "..");
    try {
      makeDirectory(base);
      checkOwner(base);
      sweep(base);
      this.#lock();
      endLeftOver(this.pids);
      for (const directory of [this.sockets, this.state, this.logs, this.nats]) {
        rmSync(directory, { recursive: true, force: true });
        mkdirSync(directory, { mode: 0o700 });
      }
    } catch (error) {
      if (error instanceof EmulationError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      const expected = "give another place with XDG_RUNTIME_DIR, or make this one writable";
      throw new EmulationError(`the run directory ${this.path} cannot be written (${code ?? message})`, expected);
    }
  }

  /** The process that runs the mesh of this name; undefined when nobody does. */
  owner(): number | undefined {
    return processOf(readOr(join(this.path, LOCK)));
  }

  /** Gives the directory back. Logs stay when they are wanted, until the next mesh of this name. */
  release(keepLogs: boolean): void {
    if (!keepLogs) {
      rmSync(this.path, { recursive: true, force: true });
      return;
    }
    for (const directory of [this.sockets, this.state, this.nats]) {
      rmSync(directory, { recursive: true, force: true });
    }
    rmSync(join(this.path, LOCK), { force: true });
  }

  #lock(): void {
    const lock = join(this.path, LOCK);
    const aside = `${lock}.${process.pid}`;
    makeDirectory(this.path);
    for (;;) {
      writeFileSync(aside, identityOf(process.pid));
      try {
        linkSync(aside, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      } finally {
        rmSync(aside, { force: true });
      }
      const owner = this.owner();
      if (owner !== undefined) {
        const expected = `stop it with bellmesh down --name ${this.name}, or give this one another --name`;
        throw new EmulationError(`the mesh ${this.name} is up already (process ${owner}, ${this.path})`, expected);
      }
      // Whoever held it is gone.
      rmSync(lock, { force: true });
    }
  }
}

/** Without parents: where those are missing something is wrong, and Node looks for them in /proc for ever. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(path).isDirectory()) throw error;
  }
}

/** Takes away what meshes have left whose supervisors went without a word. */
function sweep(base: string): void {
  for (const name of readdirSync(base).filter((candidate) => NAME.test(candidate))) {
    const directory = new RunDirectory(base, name);
    if (!existsSync(directory.file(LOCK)) || directory.owner() !== undefined) continue;
    endLeftOver(directory.pids);
    rmSync(directory.path, { recursive: true, force: true });
  }
}

/**
 * Ends what an earlier supervisor, gone without a word, has left running: a process that stops in its own time would
 * take away the socket that its successor has made in the same place.
 */
function endLeftOver(file: string): void {
  const pids = readOr(file).split("\n").map(processOf);
  for (const pid of pids) if (pid !== undefined) process.kill(pid, "SIGKILL");
}

function checkOwner(directory: string): void {
  const { uid } = statSync(directory);
  if (uid === userInfo().uid) return;
  const expected = "give another place with XDG_RUNTIME_DIR";
  throw new EmulationError(`the run directory ${directory} belongs to another user (${uid})`, expected);
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
