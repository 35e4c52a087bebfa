import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, freemem } from "node:os";
import { EmulationError, tryDirectory } from "@bellmesh/emulation";
import { deployment, type Topology } from "@bellmesh/topology";
import type { Finding } from "./doctor-finding.ts";
import { meshBase } from "./mesh-option.ts";

/** What a process takes: its own pages, those it shares with the others left out. */
const PROCESS_MB = 70;
const MEGABYTE = 1e6;
const FILES_BASE = 256;
const FILES_PER_PROCESS = 4;
const CLOCK_SOURCE = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
/** Reading these takes microseconds, and every message is stamped. */
const slowClocks = ["hpet", "acpi_pm", "jiffies", "refined-jiffies"];

/** What the machine itself must give to a mesh of this topology. */
export async function machineFindings(topology: Topology, port: number | undefined): Promise<Finding[]> {
  const processes = deployment(topology).length;
  return [
    directoryFinding(topology),
    await portsFinding(topology, port),
    memoryFinding(processes),
    processorsFinding(processes),
    filesFinding(processes),
    clockFinding(),
  ];
}

function directoryFinding(topology: Topology): Finding {
  const about = "run directory";
  const base = meshBase();
  try {
    tryDirectory(base, topology);
    return { about, state: "ok", found: base, mend: "" };
  } catch (error) {
    if (!(error instanceof EmulationError || error instanceof RangeError)) throw error;
    return { about, state: "wrong", found: error.message, mend: "set XDG_RUNTIME_DIR to a short path of yours" };
  }
}

async function portsFinding({ nodes }: Topology, port: number | undefined): Promise<Finding> {
  const about = "ports";
  const wanted = port === undefined ? [0] : nodes.map((_, i) => port + i);
  const taken: number[] = [];
  for (const one of wanted) if (!(await canListen(one))) taken.push(one);
  if (taken.length > 0) {
    const found = `${taken.join(", ")} of 127.0.0.1 in use`;
    return { about, state: "wrong", found, mend: "give another --port, or none and any free ones are taken" };
  }
  const found = port === undefined ? "127.0.0.1 gives free ones" : `${wanted.join(", ")} are free`;
  return { about, state: "ok", found, mend: "" };
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function memoryFinding(processes: number): Finding {
  const about = "memory";
  const [free, needed] = [Math.round(availableMemory() / MEGABYTE), processes * PROCESS_MB];
  const found = `${free} MB free, ${processes} processes need about ${needed} MB`;
  if (free >= needed) return { about, state: "ok", found, mend: "" };
  return { about, state: "wrong", found, mend: "run fewer processes with --per-node, or free some memory" };
}

/** What programs could get without swapping. */
function availableMemory(): number {
  try {
    const [, kilobytes] = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Other systems have no such file.
  }
  return freemem();
}

function processorsFinding(processes: number): Finding {
  const about = "processors";
  const processors = availableParallelism();
  const found = `${processors} for ${processes} processes`;
  if (processors >= 2) return { about, state: "ok", found, mend: "" };
  const mend = "on one processor everything waits for everything; a topology's timeScale below 1 gives it more time";
  return { about, state: "note", found, mend };
}

function filesFinding(processes: number): Finding {
  const about = "open files";
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } };
  const limit = Number(report.userLimits?.open_files?.soft ?? Number.NaN);
  const needed = FILES_BASE + FILES_PER_PROCESS * processes;
  const found = Number.isNaN(limit) ? "no limit" : `at most ${limit}, ${needed} are needed`;
  if (Number.isNaN(limit) || limit >= needed) return { about, state: "ok", found, mend: "" };
  return { about, state: "wrong", found, mend: `raise the limit: ulimit -n ${2 * needed}` };
}

function clockFinding(): Finding {
  const about = "clock";
  let source = "the system's";
  try {
    source = readFileSync(CLOCK_SOURCE, "utf8").trim();
  } catch {
    // Other systems do not tell.
  }
  const found = `${source}, read in ${readingNs()} ns`;
  if (!slowClocks.includes(source)) return { about, state: "ok", found, mend: "" };
  return {
    about,
    state: "note",
    found,
    mend: "it is a slow one: messages get stamped late; boot with clocksource=tsc",
  };
}

/** What reading the monotonic clock costs. */
function readingNs(): number {
  const readings = 10_000;
  const began = process.hrtime.bigint();
  for (let i = 0; i < readings; i++) performance.now();
  return Math.round(Number(process.hrtime.bigint() - began) / readings);
}
