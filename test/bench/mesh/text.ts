import { cpus } from "node:os";
import type { Latency, MeshFigures } from "./figures.ts";

/** The figures of a mesh for people, each beside its target and its floor. */
export function meshText(figures: MeshFigures): string {
  const row = (name: string, value: string, beside: string) =>
    name.padEnd(44) + value.padStart(18) + "   ".concat(beside);
  const micro = ({ p50Us, p99Us }: Latency) => `${p50Us.toFixed(0)} / ${p99Us.toFixed(0)} µs`;
  const { feedforward, barePublish, delivered, predicted } = figures;
  const byCpu = Object.entries(figures.cpuMsPerPairByProcess).toSorted(([, a], [, b]) => b - a);
  return [
    `Node ${process.version} on ${cpus().length} × ${cpus()[0]?.model}, NATS: ${figures.nats}`,
    "",
    row(`pairs per second, over ${figures.seconds.toFixed(0)} s`, figures.pairsPerSecond.toFixed(1), "at least 150"),
    row("fidelity delivered", delivered?.toFixed(4) ?? "–", `predicted ${predicted?.toFixed(4) ?? "–"}`),
    row("CPU per pair, all processes and NATS", `${figures.cpuMsPerPair.toFixed(2)} ms`, ""),
    ...byCpu.map(([name, ms]) => row(`  ${name}`, `${ms.toFixed(2)} ms`, "")),
    row("feedforward, one way, p50 / p99", micro(feedforward), `bare NATS publish ${micro(barePublish)}`),
    row("  beside its floor", `${(feedforward.p50Us / barePublish.p50Us).toFixed(2)} ×`, "at most 1.5 ×"),
    row("bare gRPC stream, there and back, p50 / p99", micro(figures.bareGrpcStream), ""),
    row("first process spawned to first pair", `${figures.firstPairS.toFixed(1)} s`, "at most 5 s"),
    row("thirty processes ready", `${figures.thirtyProcessesS.toFixed(1)} s`, "at most 10 s"),
    row("resident, a node's four services in one", `${figures.residentMbPerNode.toFixed(0)} MB`, "at most 110 MB"),
    row("resident, the largest process of one service", `${figures.residentMbPerProcess.toFixed(0)} MB`, ""),
    row("violations", String(figures.violations), Object.values(figures.verdicts).join(" ")),
  ].join("\n");
}
