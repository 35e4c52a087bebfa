import { type Effect, effect } from "@bellmesh/mesh";
import { type Move, RefusalReason } from "@bellmesh/wire/quantum-state";
import { Half } from "./half.ts";
import type { Operation } from "./operation.ts";

/**
 * Moves a qubit between its communication slot and storage: a depolarising channel and a duration. From its start on
 * the qubit waits as where it goes to. A move to where it is already does nothing.
 */
export function move(operation: Operation, { qubit, intoStorage }: Move): readonly Effect[] {
  const half = operation.operand(qubit);
  if (!(half instanceof Half)) return operation.refuseOperand(qubit, half);
  const { holder } = operation;
  if (!holder.hardware.at(operation.atNs).memory.storage) {
    return operation.refuse(RefusalReason.INVALID, `${holder.name} has no storage to move ${qubit} into`, qubit);
  }
  if (half.inStorage === intoStorage) return operation.done();
  const { storage } = operation.start(half).memory;
  half.inStorage = intoStorage;
  if (storage) {
    half.register?.depolarise(half.position, storage.moveDepolarising, holder.noiseChance);
    half.pair?.budget.depolarised(storage.moveDepolarising);
    operation.lasts(storage.moveNs, half);
  }
  const qubitMoved = { qubit, node: holder.name, intoStorage, startedAt: operation.startNs };
  return [effect.record({ $case: "qubitMoved", qubitMoved }), ...operation.done()];
}
