import { type Axis, type BellIndex, combine } from "@bellmesh/bell";
import {
  arePairs,
  bellMeasure,
  canJoin,
  controlledGate,
  correct,
  DensityRegister,
  measure,
  QUBITS_MAX,
  rotate,
} from "@bellmesh/joint-state";
import { type Effect, effect } from "@bellmesh/mesh";
import { parsePairId } from "@bellmesh/wire";
import {
  Basis,
  type BellMeasurement,
  type ControlledGate,
  type Correction,
  type Delivery,
  type Discard,
  type Gate,
  type Initialise,
  type Measurement,
  RefusalReason,
} from "@bellmesh/wire/quantum-state";
import { isUnheardOf } from "./awaited-pairs.ts";
import { end, endMeasured, forget } from "./ending.ts";
import { pairFidelity } from "./fidelity.ts";
import { Half } from "./half.ts";
import type { Operation } from "./operation.ts";

/** The most qubits one node may hold. */
export const HELD_MAX = 65_536;

/**
 * CNOT, H and two readouts. The far halves are one pair from now on, intended to be in the XOR of both indices and
 * the reported outcome: a misreading is noise, the announcement stands.
 */
export function bellMeasurement(operation: Operation, request: BellMeasurement): readonly Effect[] {
  const first = operation.operand(request.first);
  if (!(first instanceof Half)) return operation.refuseOperand(request.first, first);
  const second = operation.operand(request.second);
  if (!(second instanceof Half)) return operation.refuseOperand(request.second, second);
  if (first === second) return operation.refuse(RefusalReason.INVALID, "a Bell measurement needs two different qubits");
  if (!arePairs(first, second) && !canJoin(first, second)) return tooLarge(operation, first, second);
  first.ageTo(operation.atNs);
  second.ageTo(operation.atNs);
  const outcome = bellMeasure(first, second, operation.holder.bellNoise, operation.holder.bellChance);
  joinFarHalves(first, second, outcome);
  endMeasured(first);
  endMeasured(second);
  const answer = operation.answer({ $case: "bell", bell: outcome });
  if (!first.isOfPair || !second.isOfPair) return answer;
  const measuredAt = Math.max(first.lastTouchNs, second.lastTouchNs);
  return [swapped(operation, request, outcome, measuredAt), ...answer];
}

/** Told by who measured: a node that crashes before the answer has come cannot tell any more. */
function swapped(
  { holder }: Operation,
  { first, second }: BellMeasurement,
  outcome: BellIndex,
  measuredAt: number,
): Effect {
  holder.gone.set(first, "swapped");
  holder.gone.set(second, "swapped");
  const pairsSwapped = { node: holder.name, upstreamPair: first, downstreamPair: second, outcome, measuredAt };
  return effect.record({ $case: "pairsSwapped", pairsSwapped });
}

/** Measures one qubit, which is gone afterwards. */
export function measurement(operation: Operation, request: Measurement): readonly Effect[] {
  const axis = axisOf(request.basis);
  if (!axis) return operation.refuse(RefusalReason.INVALID, "a measurement has the basis Z, X or Y");
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  half.ageTo(operation.atNs);
  const bit = measure(half, axis, operation.holder.readout, operation.holder.measurementChance);
  endMeasured(half);
  return operation.answer({ $case: "bit", bit });
}

/** Turns one qubit; no announcement says which Bell state its pair is meant to be in after that. */
export function gate(operation: Operation, request: Gate): readonly Effect[] {
  const axis = axisOf(request.axis);
  if (!axis || !Number.isFinite(request.angle)) {
    return operation.refuse(RefusalReason.INVALID, "a gate has the axis Z, X or Y and a finite angle");
  }
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  half.ageTo(operation.atNs);
  rotate(half, axis, request.angle, operation.holder.gates.oneQubitDepolarising);
  if (half.pair) half.pair.intended = undefined;
  return operation.done();
}

export function controlled(operation: Operation, request: ControlledGate): readonly Effect[] {
  const axis = axisOf(request.axis);
  if (axis !== "x" && axis !== "z") {
    return operation.refuse(RefusalReason.INVALID, "a controlled gate has the axis X or Z");
  }
  const control = operation.operand(request.control);
  if (!(control instanceof Half)) return operation.refuseOperand(request.control, control);
  const target = operation.operand(request.target);
  if (!(target instanceof Half)) return operation.refuseOperand(request.target, target);
  if (control === target)
    return operation.refuse(RefusalReason.INVALID, "a controlled gate needs two different qubits");
  if (!canJoin(control, target)) return tooLarge(operation, control, target);
  control.ageTo(operation.atNs);
  target.ageTo(operation.atNs);
  controlledGate(control, target, axis, operation.holder.gates.twoQubitDepolarising);
  if (control.pair) control.pair.intended = undefined;
  if (target.pair) target.pair.intended = undefined;
  return operation.done();
}

/** The final Pauli of a pair: one gate with its noise, and a known change of the intended index. */
export function correction(operation: Operation, request: Correction): readonly Effect[] {
  const { applied } = request;
  if (!applied) return operation.refuse(RefusalReason.INVALID, "a correction says which Paulis to apply");
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  half.ageTo(operation.atNs);
  correct(half, applied, operation.holder.gates.oneQubitDepolarising);
  if (half.pair?.intended) half.pair.intended = combine(half.pair.intended, applied);
  return operation.done();
}

/** The half was handed to an application. When both were, the pair's true fidelity goes to the ledger. */
export function delivery(operation: Operation, request: Delivery): readonly Effect[] {
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  half.touch(operation.atNs);
  half.delivered = true;
  half.deliveredNs = half.lastTouchNs;
  half.announced = request.announced ?? half.announced;
  half.released = request.released;
  if (request.released) forget(half);
  const { pair, partner } = half;
  if (!pair || !partner) {
    if (request.released) end(half);
    return operation.done();
  }
  if (!partner.delivered) return operation.done();
  const effects = pair.recorded ? operation.done() : [effect.record(pairFidelity(pair, half, partner))];
  pair.recorded = true;
  if (half.released && partner.released) end(half);
  return effects;
}

/** The half is given up. One of a pair that has yet to come will be gone when it comes. */
export function discard(operation: Operation, request: Discard): readonly Effect[] {
  const { holder } = operation;
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) {
    if (isUnheardOf(holder, request.qubit)) holder.gone.set(request.qubit, "unwanted");
    return operation.refuseOperand(request.qubit, half);
  }
  end(half);
  if (half.isOfPair) holder.gone.set(half.name, "discarded");
  return operation.done();
}

/** A fresh qubit in |0⟩. Pair ids are the stations' names, so a node may not use one. */
export function initialise(operation: Operation, request: Initialise): readonly Effect[] {
  const { holder, atNs } = operation;
  const { qubit } = request;
  if (qubit === "" || parsePairId(qubit)) {
    return operation.refuse(
      RefusalReason.INVALID,
      `a fresh qubit has a name that is no pair id, not ${JSON.stringify(qubit)}`,
    );
  }
  if (holder.held.has(qubit)) return operation.refuse(RefusalReason.INVALID, `${qubit} is held already`);
  if (holder.held.size >= HELD_MAX) {
    return operation.refuse(RefusalReason.EMULATOR_LIMIT, `a node holds at most ${HELD_MAX} qubits`);
  }
  const half = new Half(holder, qubit, undefined, atNs);
  DensityRegister.initialised(half);
  holder.held.set(qubit, half);
  return operation.done();
}

/** The far halves become one pair; a far half whose own pair had lost its other end stays alone. */
function joinFarHalves(first: Half, second: Half, outcome: BellIndex): void {
  const left = first.pair;
  const right = second.pair;
  if (!left || !right || left === right) {
    // A qubit that was no half of a pair, or both halves of one: nothing announced says what the rest is.
    return;
  }
  const farLeft = first.partner;
  const farRight = second.partner;
  left.intended =
    left.intended && right.intended ? combine(combine(left.intended, right.intended), outcome) : undefined;
  left.first = farLeft;
  left.second = farRight;
  first.pair = undefined;
  second.pair = undefined;
  if (farRight) farRight.pair = left;
  if (farLeft?.released && !farRight) end(farLeft);
  if (farRight?.released && !farLeft) end(farRight);
}

/** No engine can hold what this operation would make: the caller's two qubits are given up, nothing else changes. */
function tooLarge(operation: Operation, first: Half, second: Half): readonly Effect[] {
  const limit = `a register of more than ${QUBITS_MAX} qubits`;
  const pairs = [first, second].filter((half) => parsePairId(half.name)).map((half) => half.name);
  end(first);
  end(second);
  return [
    effect.record({ $case: "emulatorLimit", emulatorLimit: { node: operation.holder.name, pairs, limit } }),
    ...operation.refuse(RefusalReason.EMULATOR_LIMIT, `${first.name} and ${second.name} would need ${limit}`),
  ];
}

function axisOf(basis: Basis): Axis | undefined {
  switch (basis) {
    case Basis.X:
      return "x";
    case Basis.Y:
      return "y";
    case Basis.Z:
      return "z";
    default:
      return undefined;
  }
}
