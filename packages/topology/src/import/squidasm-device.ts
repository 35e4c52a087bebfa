import type { NumberField } from "../schema.ts";
import { type SourceMapping, tidy } from "./import-source.ts";
import type { Imported, ImportedFields } from "./imported-network.ts";

/** What a node of NetSquid becomes, and what its device says about the photons it emits. */
export interface SquidasmDevice {
  readonly memory: ImportedFields;
  readonly gates: ImportedFields;
  readonly readout: ImportedFields;
}

const probability = { unit: "", min: 0, max: 1, default: 0, meaning: "probability" } as const;
/** NetSquid writes zero for a time that is not to limit anything. */
const coherence = { unit: "ns", min: 0, max: 1e24, infinite: true, default: 0, meaning: "0 is for ever" } as const;
const qubits = { unit: "", min: 1, max: 100_000, whole: true, default: 2, meaning: "number of qubits" } as const;

function duration(defaultNs: number): NumberField & { default: number } {
  return { unit: "ns", min: 0, max: 1e12, default: defaultNs, meaning: "duration of the operation" };
}

/**
 * Two qubits of NetSquid go through a depolarising channel each, with probability p; here both are replaced together.
 * The same process fidelity, 1 − 15p'/16 = (1 − 3p/4)², is that of p' = 1.6p − 0.6p².
 */
export function jointDepolarising(probabilityEach: number): number {
  return probabilityEach * (1.6 - 0.6 * probabilityEach);
}

/** `generic`: all qubits alike. Slots are shared out among the node's links, for here each link has its own. */
export function genericDevice(device: SourceMapping, links: number): SquidasmDevice {
  warnNoiseless(device, ["T1", "T2", "two_qubit_gate_depolar_prob"]);
  const field = device.has("num_comm_qubits") ? "num_comm_qubits" : "num_qubits";
  if (field === "num_comm_qubits") device.ignore("num_qubits");
  const total = device.number(field, qubits) ?? qubits.default;
  const slots = slotsOf(device, field, total, links);
  return {
    memory: { ...coherenceTimes(device, "T1", "T2"), communicationSlots: slots },
    gates: {
      twoQubitDepolarising: twoQubitDepolarising(device, "two_qubit_gate_depolar_prob"),
      twoQubitNs: device.imported("two_qubit_gate_time", duration(100_000), Math.round),
      oneQubitDepolarising: device.imported("single_qubit_gate_depolar_prob", probability),
      oneQubitNs: device.imported("single_qubit_gate_time", duration(1000), Math.round),
      initialDepolarising: device.imported("init_depolar_prob", probability),
      initialNs: device.imported("init_time", duration(10_000), Math.round),
    },
    readout: readoutOf(device, device.imported("measure_time", duration(10_000), Math.round)),
  };
}

/** Qubits of a nitrogen-vacancy centre that have no counterpart: halves stay in the electron. */
const carbonFields = [
  ...["carbon_T1", "carbon_T2", "carbon_init_depolar_prob", "carbon_z_rot_depolar_prob", "carbon_init"],
  ...["carbon_rot_x", "carbon_rot_y", "carbon_rot_z"],
];

/** `nv`: one electron, which emits the photons, and carbon nuclei, which are not carried over. */
export function nvDevice(device: SourceMapping, links: number): SquidasmDevice {
  warnNoiseless(device, ["electron_T1", "electron_T2", "ec_gate_depolar_prob"]);
  for (const field of carbonFields.filter((name) => device.has(name))) {
    const given = device.number(field, coherence);
    device.warn(field, `${given}: there are no carbon memories here; halves stay in communication qubits`);
  }
  const total = device.number("num_qubits", qubits) ?? qubits.default;
  if (total > 1) device.warn("num_qubits", `${total}: the ${total - 1} carbon memory qubits were left out`);
  if (links > 1) {
    device.warn(
      "",
      `one electron serves ${links} links in turn there; here each link has a communication slot of its own`,
    );
  }
  return {
    memory: {
      ...coherenceTimes(device, "electron_T1", "electron_T2"),
      communicationSlots: { value: 1, from: "an NV centre has one electron" },
    },
    gates: {
      twoQubitDepolarising: twoQubitDepolarising(device, "ec_gate_depolar_prob"),
      twoQubitNs: longest(device, ["ec_controlled_dir_x", "ec_controlled_dir_y"], 500_000),
      oneQubitDepolarising: device.imported("electron_single_qubit_depolar_prob", probability),
      oneQubitNs: longest(device, ["electron_rot_x", "electron_rot_y", "electron_rot_z"], 5),
      initialDepolarising: device.imported("electron_init_depolar_prob", probability),
      initialNs: device.imported("electron_init", duration(2000), Math.round),
    },
    readout: readoutOf(device, device.imported("measure", duration(3700), Math.round)),
  };
}

/** Versions of SquidASM differ in these defaults, so nothing is assumed but that there is no noise. */
function warnNoiseless(device: SourceMapping, fields: readonly string[]): void {
  for (const field of fields.filter((name) => !device.has(name))) {
    device.warn(field, "not given, and the tool's versions differ in its default; taken as free of noise");
  }
}

function slotsOf(device: SourceMapping, field: string, total: number, links: number): Imported {
  const each = Math.max(1, Math.floor(total / Math.max(1, links)));
  const shared = links > 1 ? `, shared out among ${links} links` : "";
  if (links > 0 && each * links !== total) {
    device.warn(field, `${total} qubits for ${links} links: each link has ${each} communication slots of its own here`);
  }
  return { value: Math.min(1024, each), from: `${field} ${total}${shared}` };
}

function coherenceTimes(device: SourceMapping, t1: string, t2: string): ImportedFields {
  const seconds = (ns: number) => (ns === 0 ? Number.POSITIVE_INFINITY : ns / 1e9);
  const [t1S, t2S] = [device.imported(t1, coherence, seconds), device.imported(t2, coherence, seconds)];
  if (t2S.value > 2 * t1S.value) {
    const given = t2S.value === Number.POSITIVE_INFINITY ? "no limit (0)" : `${t2S.value} s`;
    const problem = `T2 of ${given} is more than 2·T1 = ${tidy(2 * t1S.value)} s`;
    throw device.error(t2, problem, `give ${t2} of at most twice ${t1}, both in ns`);
  }
  return { t1S, t2S };
}

function twoQubitDepolarising(device: SourceMapping, field: string): Imported {
  const { value, from } = device.imported(field, probability, jointDepolarising);
  if (value === 0) return { value, from };
  return { value, from: `${from} on each qubit; 1.6p − 0.6p² on both has the same process fidelity` };
}

/** One duration here for several there. */
function longest(device: SourceMapping, fields: readonly string[], defaultNs: number): Imported {
  const given = fields.map((field) => device.imported(field, duration(defaultNs), Math.round));
  const most = given.reduce((longer, next) => (next.value > longer.value ? next : longer));
  for (const [position, { value, from }] of given.entries()) {
    if (value !== most.value)
      device.warn(fields[position] as string, `${from}: one duration for all axes here, ${most.value} ns`);
  }
  return most;
}

/** `prob_error_0` is the probability of reading 1 when the qubit was 0. */
function readoutOf(device: SourceMapping, durationNs: Imported): ImportedFields {
  const [p01, p10] = [device.imported("prob_error_0", probability), device.imported("prob_error_1", probability)];
  if (p01.value + p10.value > 1) {
    const problem = `prob_error_0 + prob_error_1 is ${tidy(p01.value + p10.value)}`;
    throw device.error(
      "prob_error_0",
      problem,
      "give errors whose sum is at most 1, otherwise the answers are swapped",
    );
  }
  return { p01, p10, durationNs };
}
