import type { NumberFields } from "./schema.ts";

/** The storage of a node's memory. Those without a default are the communication qubits' where they are not given. */
export const storageFields = {
  storageSlots: {
    unit: "",
    min: 0,
    max: 1024,
    whole: true,
    default: 0,
    meaning: "storage qubits of the node, for halves that wait; none when 0",
  },
  storageT1S: {
    unit: "s",
    min: 0,
    above: true,
    max: Number.MAX_VALUE,
    infinite: true,
    meaning: "relaxation time T1 of a storage qubit; t1S when absent",
  },
  storageT2S: {
    unit: "s",
    min: 0,
    above: true,
    max: Number.MAX_VALUE,
    infinite: true,
    meaning: "total coherence time T2 of a storage qubit, at most 2·storageT1S; t2S when absent",
  },
  moveNs: { unit: "ns", min: 0, max: 1e12, whole: true, default: 0, meaning: "duration of a move into storage" },
  moveDepolarising: {
    unit: "",
    min: 0,
    max: 1,
    default: 0,
    meaning: "probability that a move leaves the qubit maximally mixed",
  },
} as const satisfies NumberFields;
