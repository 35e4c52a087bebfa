/** No engine can hold what an operation would make. The registers are as they were. */
export class EmulatorLimitError extends Error {
  /** Qubits the register would have. */
  readonly qubits: number;

  /** @param why what keeps the engines that could hold so many from doing the operation */
  constructor(qubits: number, why: string) {
    super(`no engine holds ${qubits} qubits ${why}`);
    this.name = "EmulatorLimitError";
    this.qubits = qubits;
  }
}
