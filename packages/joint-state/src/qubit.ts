import type { Register } from "./register.ts";

/**
 * One physical qubit: which register holds it, and at which position there.
 * Owners extend it with what they know of the qubit, so that no table from qubit to register is needed.
 */
export class Qubit {
  /** Undefined once the qubit is gone: measured, discarded or lost. */
  register: Register | undefined = undefined;
  position = 0;
}
