import { type Axis, type BellIndex, type BellMeasurementNoise, combine } from "@bellmesh/bell";
import { bellMeasure, controlledGate, correct, measure, PairRegister, rotate } from "@bellmesh/joint-state";
import { type Effect, effect } from "@bellmesh/mesh";
import { parsePairId } from "@bellmesh/wire";
import { Outcome } from "@bellmesh/wire/ledger";
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
  if (first === second)
    return operation.refuse(RefusalReason.INVALID, "a Bell measurement needs two different qubits", request.second);
  const { bellChance, noiseChance } = operation.holder;
  const { bellNoise, gates } = operation.start(first, second);
  const outcome = bellMeasure(first, second, bellNoise, bellChance, noiseChance);
  joinFarHalves(first, second, outcome, bellNoise);
  const areOfPairs = first.isOfPair && second.isOfPair;
  endMeasured(first, areOfPairs ? "swapped" : undefined);
  endMeasured(second, areOfPairs ? "swapped" : undefined);
  crosstalk(operation, [first, second], gates.crosstalkDepolarising);
  const answer = operation.answered({ $case: "bell", bell: outcome });
  return areOfPairs ? [swapped(operation, request, outcome), answer] : [answer];
}

/** Told by who measured: a node that crashes before the answer has come cannot tell any more. */
function swapped({ holder, startNs }: Operation, { first, second }: BellMeasurement, outcome: BellIndex): Effect {
  const pairsSwapped = { node: holder.name, upstreamPair: first, downstreamPair: second, outcome, measuredAt: startNs };
  return effect.record({ $case: "pairsSwapped", pairsSwapped });
}

/** Measures one qubit, which is gone afterwards. */
export function measurement(operation: Operation, request: Measurement): readonly Effect[] {
  const axis = axisOf(request.basis);
  if (!axis) return operation.refuse(RefusalReason.INVALID, "a measurement has the basis Z, X or Y", "basis");
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  const { readout } = operation.start(half);
  const { measurementChance, noiseChance } = operation.holder;
  const bit = measure(half, axis, readout, measurementChance, noiseChance);
  endMeasured(half);
  const answer = operation.answered({ $case: "bit", bit });
  if (!half.isOfPair) return [answer];
  const told = { pair: half.name, node: operation.holder.name, axis: AXES.indexOf(axis), bit };
  const halfMeasured = { ...told, measuredAt: operation.startNs };
  return [effect.record({ $case: "halfMeasured", halfMeasured }), answer];
}

/** Turns one qubit; no announcement says which Bell state its pair is meant to be in after that. */
export function gate(operation: Operation, request: Gate): readonly Effect[] {
  const axis = axisOf(request.axis);
  if (!axis) return operation.refuse(RefusalReason.INVALID, "a gate has the axis Z, X or Y", "axis");
  if (!Number.isFinite(request.angle)) {
    const message = `a gate turns by a finite angle in radians, not by ${request.angle}`;
    return operation.refuse(RefusalReason.INVALID, message, "angle");
  }
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  const { gates } = operation.start(half);
  rotate(half, axis, request.angle, gates.oneQubitDepolarising, operation.holder.noiseChance);
  operation.lasts(gates.oneQubitNs, half);
  half.pair?.budget.depolarised(gates.oneQubitDepolarising);
  if (half.pair) half.pair.intended = undefined;
  return operation.done();
}

export function controlled(operation: Operation, request: ControlledGate): readonly Effect[] {
  const axis = axisOf(request.axis);
  if (axis !== "x" && axis !== "z") {
    return operation.refuse(RefusalReason.INVALID, "a controlled gate has the axis X or Z", "axis");
  }
  const control = operation.operand(request.control);
  if (!(control instanceof Half)) return operation.refuseOperand(request.control, control);
  const target = operation.operand(request.target);
  if (!(target instanceof Half)) return operation.refuseOperand(request.target, target);
  if (control === target)
    return operation.refuse(RefusalReason.INVALID, "a controlled gate needs two different qubits", request.target);
  const { gates } = operation.start(control, target);
  controlledGate(control, target, axis, gates.twoQubitDepolarising, operation.holder.noiseChance);
  crosstalk(operation, [control, target], gates.crosstalkDepolarising);
  operation.lasts(gates.twoQubitNs, control, target);
  for (const half of [control, target]) {
    half.pair?.budget.depolarised(gates.twoQubitDepolarising);
    if (half.pair) half.pair.intended = undefined;
  }
  return operation.done();
}

/** The final Pauli of a pair: one gate with its noise, and a known change of the intended index. */
export function correction(operation: Operation, request: Correction): readonly Effect[] {
  const { applied } = request;
  if (!applied) return operation.refuse(RefusalReason.INVALID, "a correction says which Paulis to apply", "applied");
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  if (half.correctedBy === operation.id) return operation.done();
  half.correctedBy = operation.id;
  const { gates } = operation.start(half);
  correct(half, applied, gates.oneQubitDepolarising, operation.holder.noiseChance);
  if (applied.x || applied.z) {
    operation.lasts(gates.oneQubitNs, half);
    half.pair?.budget.depolarised(gates.oneQubitDepolarising);
  }
  if (half.pair?.intended) half.pair.intended = combine(half.pair.intended, applied);
  return operation.done();
}

/** The half was handed to an application. When both were, the pair's true fidelity goes to the ledger. */
export function delivery(operation: Operation, request: Delivery): readonly Effect[] {
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(request.qubit, half);
  if (half.delivered) return operation.done(); // told again, for the stream it was told on has broken
  half.touch(operation.atNs);
  half.delivered = true;
  half.deliveredNs = half.lastTouchNs;
  half.deliveredLateNs = operation.lateNs;
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
  const { outcome } = request;
  if (outcome !== undefined && outcome !== Outcome.EXPIRED && outcome !== Outcome.DISCARDED) {
    return operation.refuse(RefusalReason.INVALID, "what is discarded has expired or is discarded", "outcome");
  }
  const half = operation.operand(request.qubit);
  if (!(half instanceof Half)) {
    if (isUnheardOf(holder, request.qubit)) holder.unwanted.set(request.qubit, true);
    return operation.refuseOperand(request.qubit, half);
  }
  end(half, "discarded");
  if (outcome === undefined || !half.isOfPair) return operation.done();
  const halfEnded = { pair: half.name, node: holder.name, outcome };
  return [effect.record({ $case: "halfEnded", halfEnded })];
}

/** A fresh qubit in |0⟩, maximally mixed where that failed. Pair ids are the stations' names, not for a node. */
export function initialise(operation: Operation, request: Initialise): readonly Effect[] {
  const { holder, atNs } = operation;
  const { qubit } = request;
  if (qubit === "" || parsePairId(qubit)) {
    return operation.refuse(
      RefusalReason.INVALID,
      `a fresh qubit has a name that is no pair id, not ${JSON.stringify(qubit)}`,
      "qubit",
    );
  }
  if (holder.held.has(qubit)) return operation.refuse(RefusalReason.INVALID, `${qubit} is held already`, qubit);
  if (holder.held.size >= HELD_MAX) {
    return operation.refuse(RefusalReason.EMULATOR_LIMIT, `a node holds at most ${HELD_MAX} qubits`, qubit);
  }
  const half = new Half(holder, qubit, undefined, atNs);
  const { gates } = holder.hardware.at(atNs);
  PairRegister.single(half, { x: 0, y: 0, z: 1 - gates.initialDepolarising });
  operation.lasts(gates.initialNs, half);
  holder.held.set(qubit, half);
  return operation.done();
}

/** The far halves become one pair; a far half whose own pair had lost its other end stays alone. */
function joinFarHalves(first: Half, second: Half, outcome: BellIndex, noise: BellMeasurementNoise): void {
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
  left.budget.join(right.budget, first.holder.name, first.waitLoss + second.waitLoss, outcome, noise);
  left.first = farLeft;
  left.second = farRight;
  first.pair = undefined;
  second.pair = undefined;
  if (farRight) farRight.pair = left;
  if (farLeft?.released && !farRight) end(farLeft);
  if (farRight?.released && !farLeft) end(farRight);
}

/** A two-qubit gate is felt by every other qubit the node holds, at the instant of the gate. */
function crosstalk({ holder, startNs }: Operation, operands: readonly Half[], probability: number): void {
  if (probability === 0) return;
  for (const half of holder.held.values()) {
    if (operands.includes(half)) continue;
    half.settle(startNs);
    half.register?.depolarise(half.position, probability, holder.noiseChance);
    half.pair?.budget.depolarised(probability);
  }
}

/** As the ledger numbers them. */
const AXES: readonly Axis[] = ["z", "x", "y"];

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
