import type { CircuitEnd } from "./circuit-end.ts";
import type { ContinuousGeneration } from "./continuous-generation.ts";
import type { SwapPoint } from "./swap-point.ts";
import type { Side, VirtualCircuit } from "./virtual-circuit.ts";

/**
 * A circuit at this node. `closing`: torn down, no new pairs, but what is under way is still led to its end.
 */
export interface InstalledCircuit {
  readonly circuit: VirtualCircuit;
  readonly end: CircuitEnd | undefined;
  readonly swapPoint: SwapPoint | undefined;
  /** On the link downstream, which this node is upstream of. */
  readonly generation: ContinuousGeneration | undefined;
  /** Link labels by side: EGP purpose ids. */
  readonly labels: Partial<Record<Side, number>>;
  state: "installing" | "installed" | "closing";
  readonly active: Set<string>;
}

/** The neighbour on that side; undefined where the circuit ends here. */
export function nodeOn({ circuit }: InstalledCircuit, side: Side): string | undefined {
  return circuit.nodes[circuit.position + (side === "upstream" ? -1 : 1)];
}
