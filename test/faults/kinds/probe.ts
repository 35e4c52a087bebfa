import type { FaultEntry } from "@bellmesh/mesh";
import { simulatedMesh } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";

/** A probe that has arrived: its number, which is also the millisecond in which it was sent, and how long it took. */
export interface Probe {
  readonly number: number;
  readonly tookNs: number;
}

/** When the fault acts, in milliseconds: a third of the way. */
export const [BEGINS, ENDS, PROBES] = [100, 200, 300];

/** Probes that n0 sends n1, one a millisecond, and that arrive; a fault acts from the 100th to the 200th. */
export function probed(
  fault: Omit<FaultEntry, "atNs" | "forNs">,
  [from, to]: readonly string[] = ["n0", "n1"],
): readonly Probe[] {
  const faults = [{ ...fault, atNs: BEGINS * 1e6, forNs: (ENDS - BEGINS) * 1e6 } as FaultEntry];
  const world = simulatedMesh({ topology: loadTopology("line:3"), seed: 1, faults, onRecord: () => undefined });
  world.start();
  const arrived: Probe[] = [];
  world.bus.connect(to as string).subscribe("probe.*", ({ subject }) => {
    const number = Number(subject.split(".")[1]);
    arrived.push({ number, tookNs: world.now - number * 1e6 });
  });
  const sender = world.bus.connect(from as string);
  for (let number = 0; number < PROBES; number++) {
    world.run({ untilNs: number * 1e6 });
    sender.publish(`probe.${number}`, new Uint8Array(0));
  }
  world.run({ untilNs: (PROBES + 100) * 1e6 });
  return arrived;
}
