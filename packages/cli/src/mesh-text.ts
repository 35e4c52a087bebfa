import type { MeshStatus, ProcessStatus } from "@bellmesh/emulation";
import { table } from "./table.ts";

const MEGABYTE = 1e6;
const CLOCKS_LOCK_MS = 10_000;

/** A running mesh as people read it: a line on the whole, and a row for every process. */
export function meshText(status: MeshStatus): string {
  const { name, network, processes, nats, directory } = status;
  const ready = processes.filter((process) => process.ready).length;
  const head = [
    `mesh ${name} of ${network}: ${ready} of ${processes.length} processes ready, ${natsText(nats)}, ` +
      `up ${duration(status.upMs)}`,
    `logs in ${directory}/logs`,
  ];
  // Clocks take a while to lock; that they have not yet is no news.
  const untrusted = status.upMs < CLOCKS_LOCK_MS ? [] : status.untrusted.map(untrustedText);
  return [...head, ...untrusted, ...status.calibrated.map(calibratedText), "", processTable(processes)].join("\n");
}

function untrustedText({ link, nodes }: MeshStatus["untrusted"][number]): string {
  return `no attempts on ${link}: CLOCK_UNTRUSTED at ${nodes.join(" and ")}`;
}

function calibratedText({ node, version, platform, measuredOn }: MeshStatus["calibrated"][number]): string {
  const measured = platform === undefined ? "" : `, measured on ${platform}, ${measuredOn}`;
  return `hardware of ${node}: version ${version}${measured}`;
}

/** Which bus it is, in words. */
export function natsText({ kind, up }: MeshStatus["nats"]): string {
  const kinds = { url: "NATS by URL", server: "a nats-server of its own", embedded: "the embedded broker" };
  return up ? kinds[kind] : `${kinds[kind]} (away)`;
}

function processTable(processes: readonly ProcessStatus[]): string {
  const rows = processes.map((process) => [
    process.name,
    process.pid === undefined ? "–" : String(process.pid),
    String(process.incarnation),
    process.ready ? "ready" : process.reason,
    process.residentBytes === undefined ? "–" : `${Math.round(process.residentBytes / MEGABYTE)} MB`,
    process.cpuMs === undefined ? "–" : `${(process.cpuMs / 1000).toFixed(1)} s`,
    process.ports.map((port) => `127.0.0.1:${port}`).join(" "),
  ]);
  const memory = processes.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
  const cpu = processes.reduce((sum, { cpuMs }) => sum + (cpuMs ?? 0), 0);
  const total = ["all", "", "", "", `${Math.round(memory / MEGABYTE)} MB`, `${(cpu / 1000).toFixed(1)} s`, ""];
  const head = ["process", "pid", "start", "state", "memory", "CPU", "address"];
  return table([head, ...rows, total], "lrrlrrl");
}

/** 75,000 ms as "1 min 15 s". */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const parts = [hours > 0 ? `${hours} h` : "", minutes > 0 ? `${minutes} min` : "", `${seconds % 60} s`];
  return parts.filter((part) => part !== "").join(" ");
}
