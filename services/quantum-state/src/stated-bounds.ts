import { Code, failure, type Status } from "@bellmesh/mesh";
import { contractName } from "@bellmesh/wire";
import type { HardwareChanged } from "@bellmesh/wire/ledger";
import type { StatedBounds } from "@bellmesh/wire/quantum-state";

const parts = ["memory", "storage", "gates", "readout"] as const;

/**
 * Why a calibration is poisoned: a value lies outside of what its own measurement says it lies between, or what the
 * measurement says makes no sense. Whoever sends it may not have looked, so nature does.
 */
export function whyOutOfBounds(asked: HardwareChanged, bounds: readonly StatedBounds[]): Status | undefined {
  for (const { field, least, most } of bounds) {
    const value = givenUnder(asked, field);
    if (value === undefined) return poisoned(`bounds of ${JSON.stringify(field)}: the calibration gives no such value`);
    const [lowest, highest, given] = [least, most, value].map((one) => ordered(field, one)) as [number, number, number];
    const range = `[${named(field, least)}, ${named(field, most)}]`;
    if (lowest > highest) return poisoned(`bounds of ${field} are ${range}; give the least value first`);
    if (given < lowest || given > highest) {
      return poisoned(`${field} is ${named(field, value)}: its own bounds are ${range}; measure anew`);
    }
  }
  return undefined;
}

/** A value by the name of its field on the wire, as in "gates.two_qubit_ns". */
function givenUnder(asked: HardwareChanged, field: string): number | undefined {
  for (const part of parts) {
    for (const [name, value] of Object.entries(asked[part] ?? {})) {
      if (field === `${part}.${contractName(name)}`) return value as number;
    }
  }
  return undefined;
}

function isLifetime(field: string): boolean {
  return /\.t[12]_ns$/.test(field);
}

/** A lifetime of 0 is one that never ends. */
function ordered(field: string, value: number): number {
  return value === 0 && isLifetime(field) ? Number.POSITIVE_INFINITY : value;
}

function named(field: string, value: number): string {
  return value === 0 && isLifetime(field) ? "0 (never)" : `${value}`;
}

function poisoned(message: string): Status {
  return failure(Code.INVALID_ARGUMENT, message, "OUT_OF_BOUNDS");
}
