/** The name of a message's field as the contract has it: `two_qubit_ns` of `twoQubitNs`. */
export function contractName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
