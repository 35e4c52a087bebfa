import type { BellIndex, BellMeasurementNoise, PauliEigenvalues } from "@bellmesh/bell";
import type { FidelityBudget, NodeWait } from "@bellmesh/wire/ledger";

const PARTS_PER_TRILLION = 1_000_000_000_000;

/** What a pair lost by waiting at one node. */
export interface WaitLoss {
  readonly node: string;
  readonly loss: number;
}

/** What one end of a pair lost by waiting. */
export interface EndLoss extends WaitLoss {
  /** By waiting for the emulator, which is not in `loss`. */
  readonly emulated: number;
}

/** Of a perfect pair, by replacing one or both of its qubits by the maximally mixed state with certainty. */
const LOSS_OF_MIXING = 0.75;

/**
 * Where a pair lost its fidelity: what each cause alone would have taken from a perfect pair. Causes that follow one
 * another multiply what is left, so the terms sum to 1 − F but for products of two of them.
 * What its halves lost by waiting stands with the halves until they are gone.
 */
export class PairBudget {
  herald = 0;
  gates = 0;
  readout = 0;
  emulator = 0;
  /** Of the nodes whose halves were measured on the way. */
  readonly waits: WaitLoss[] = [];

  /** Two pairs become one by a Bell measurement at a node, after its two halves had lost this by waiting. */
  join(other: PairBudget, node: string, waited: number, outcome: BellIndex, noise: BellMeasurementNoise): void {
    this.herald += other.herald;
    this.gates += other.gates + LOSS_OF_MIXING * noise.twoQubitDepolarising;
    this.readout += other.readout + misreading(outcome.x, noise) + misreading(outcome.z, noise);
    this.emulator += other.emulator;
    this.waits.push({ node, loss: waited });
    for (const each of other.waits) this.waits.push(each);
  }

  /** One gate replaced qubits of the pair by the maximally mixed state with this probability. */
  depolarised(probability: number): void {
    this.gates += LOSS_OF_MIXING * probability;
  }
}

/** What a decay of one half alone would take from a perfect pair: 1 − (1 + 2x + z)/4. */
export function lossOfWaiting(decay: PauliEigenvalues): number {
  return (1 - decay.x) / 2 + (1 - decay.z) / 4;
}

/** The terms as the ledger has them. */
export function recordedBudget(budget: PairBudget, first: EndLoss, second: EndLoss): FidelityBudget {
  const waits = [recordedWait(first), recordedWait(second)];
  for (const each of budget.waits) waits.push(recordedWait(each));
  return {
    heraldPpt: parts(budget.herald),
    waits,
    gatesPpt: parts(budget.gates),
    readoutPpt: parts(budget.readout),
    emulatorPpt: parts(budget.emulator + first.emulated + second.emulated),
  };
}

function recordedWait({ node, loss }: WaitLoss): NodeWait {
  return { node, lossPpt: parts(loss) };
}

/** The probability that a bit which was reported so is not the true one, both being as likely before. */
function misreading(reported: boolean, { p01, p10 }: BellMeasurementNoise): number {
  const wrong = reported ? p01 : p10;
  const right = reported ? 1 - p10 : 1 - p01;
  return wrong + right === 0 ? 0.5 : wrong / (wrong + right);
}

function parts(loss: number): number {
  return Math.max(0, Math.round(loss * PARTS_PER_TRILLION));
}
