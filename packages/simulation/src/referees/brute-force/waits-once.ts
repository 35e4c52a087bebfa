import { nodeNamed, type Topology } from "@bellmesh/topology";
import type { LedgerEvent, PairFidelity } from "@bellmesh/wire/ledger";
import type { PlainRule } from "./plain-rule.ts";

/** What the waiting of a delivered half took is at most what its memory takes from emission to the later delivery. */
export const waitsOnce: PlainRule = {
  name: "waits-once",
  isBroken: (history, topology) =>
    history.some(({ event }, index) => {
      if (event?.$case !== "pairFidelity") return false;
      const told = event.pairFidelity;
      const [first, second] = told.budget?.waits ?? [];
      return (
        (first?.node === told.firstNode && isTooMuch(history, index, told, told.firstPair, first, topology)) ||
        (second?.node === told.secondNode && isTooMuch(history, index, told, told.secondPair, second, topology))
      );
    }),
};

function isTooMuch(
  history: readonly LedgerEvent[],
  index: number,
  { firstDeliveredAt, secondDeliveredAt }: PairFidelity,
  pair: string,
  { node, lossPpt }: { node: string; lossPpt: number },
  topology: Topology,
): boolean {
  const emittedNs = history
    .slice(0, index)
    .flatMap(({ event }) => (event?.$case === "pairHeralded" ? [event.pairHeralded] : []))
    .filter((one) => one.pair === pair)
    .map(({ firstNode, firstEmitted, secondEmitted }) => (firstNode === node ? firstEmitted : secondEmitted))
    .at(-1);
  if (emittedNs === undefined) return false;
  const waitedNs = Math.max(0, Math.max(firstDeliveredAt, secondDeliveredAt) - emittedNs);
  const most = Math.max(...decaysOf(history.slice(0, index), node, topology).map((perNs) => waitedNs * perNs));
  // Rounded to parts per 10¹², and another arithmetic.
  return lossPpt / 1e12 > most * (1 + 1e-9) + 2e-12;
}

/** What a nanosecond takes, 1/(2·T2) + 1/(4·T1), in each memory that the node has had; Infinity where nobody knows. */
function decaysOf(history: readonly LedgerEvent[], node: string, topology: Topology): readonly number[] {
  const memory = nodeNamed(topology, node)?.memory;
  if (!memory || memory.attemptDephasing > 0) return [Number.POSITIVE_INFINITY];
  const atFirst = [memory, ...(memory.storage ? [memory.storage] : [])].map(({ t1S, t2S }) => {
    return 1 / (2e9 * t2S) + 1 / (4e9 * t1S);
  });
  const later = history.flatMap(({ event }) => {
    if (event?.$case !== "hardwareChanged" || event.hardwareChanged.node !== node) return [];
    const { memory: changed, storage } = event.hardwareChanged;
    if (changed && changed.attemptDephasingPpt > 0) return [Number.POSITIVE_INFINITY];
    const perNs = (ns: number, share: number) => (ns === 0 ? 0 : share / ns);
    return [changed, storage].flatMap((one) => (one ? [perNs(one.t2Ns, 0.5) + perNs(one.t1Ns, 0.25)] : []));
  });
  return [...atFirst, ...later];
}
