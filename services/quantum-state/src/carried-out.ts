import { EmulatorLimitError } from "@bellmesh/joint-state";
import { type Effect, effect } from "@bellmesh/mesh";
import { type OperateRequest, RefusalReason } from "@bellmesh/wire/quantum-state";
import { operandsOf } from "./awaited-pairs.ts";
import { end } from "./ending.ts";
import { inventory } from "./inventory.ts";
import {
  bellMeasurement,
  controlled,
  correction,
  delivery,
  discard,
  gate,
  initialise,
  measurement,
} from "./local-operations.ts";
import { move } from "./move.ts";
import type { Operation } from "./operation.ts";

/**
 * Carries an operation out. Where no engine can hold what it would make, the caller's operands are given up and nothing
 * else changes.
 */
export function carriedOut(operation: Operation, request: OperateRequest): readonly Effect[] {
  try {
    return done(operation, request);
  } catch (error) {
    if (error instanceof EmulatorLimitError) return givenUp(operation, request, error);
    throw error;
  }
}

function done(operation: Operation, { operation: asked }: OperateRequest): readonly Effect[] {
  switch (asked?.$case) {
    case "bellMeasurement":
      return bellMeasurement(operation, asked.bellMeasurement);
    case "delivery":
      return delivery(operation, asked.delivery);
    case "correction":
      return correction(operation, asked.correction);
    case "discard":
      return discard(operation, asked.discard);
    case "measurement":
      return measurement(operation, asked.measurement);
    case "gate":
      return gate(operation, asked.gate);
    case "controlledGate":
      return controlled(operation, asked.controlledGate);
    case "move":
      return move(operation, asked.move);
    case "initialise":
      return initialise(operation, asked.initialise);
    case "inventory":
      return inventory(operation, asked.inventory);
    default:
      return operation.refuse(RefusalReason.INVALID, "a request holds one operation", "operation");
  }
}

function givenUp(operation: Operation, request: OperateRequest, { message }: EmulatorLimitError): readonly Effect[] {
  const { held, name } = operation.holder;
  const operands = operandsOf(request);
  const halves = operands.flatMap((operand) => held.get(operand) ?? []);
  const pairs = halves.filter(({ isOfPair }) => isOfPair).map((half) => half.name);
  for (const half of halves) end(half);
  return [
    effect.record({ $case: "emulatorLimit", emulatorLimit: { node: name, pairs, limit: message } }),
    ...operation.refuse(RefusalReason.EMULATOR_LIMIT, message, operands[0]),
  ];
}
