/** JSON Schema, or a part of it. */
export type Json = Readonly<Record<string, unknown>>;

/** A name for a qubit, a group of qubits or what was reported. */
export const nameSchema: Json = { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_.-]*$", maxLength: 63 };

/** A number in [0, 1]. */
export function probability(description: string): Json {
  return { type: "number", minimum: 0, maximum: 1, description };
}

/** A number from 0 on. */
export function notNegative(description: string): Json {
  return { type: "number", minimum: 0, description };
}

/** A number above 0. */
export function positive(description: string): Json {
  return { type: "number", exclusiveMinimum: 0, description };
}

/** Any number. */
export function number(description: string): Json {
  return { type: "number", description };
}

/** The name of something that exists, or is to exist. */
export function name(description: string): Json {
  return { ...nameSchema, description };
}

/** Names of qubits. */
export function names(description: string, minItems: number, maxItems: number): Json {
  return { type: "array", items: nameSchema, minItems, maxItems, description };
}

/** One of these words. */
export function word(description: string, words: readonly string[]): Json {
  return { enum: words, description };
}

/** True or false. */
export function flag(description: string): Json {
  return { type: "boolean", description };
}

/** A complex number: a plain number, or [real, imaginary]. */
export const complexSchema: Json = {
  anyOf: [{ type: "number" }, { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 }],
};

/** Probabilities of four things. */
export function fourWeights(description: string): Json {
  return { type: "array", items: { type: "number", minimum: 0, maximum: 1 }, minItems: 4, maxItems: 4, description };
}

export const readoutSchemas = {
  p01: probability("probability of reading 1 when the qubit was 0"),
  p10: probability("probability of reading 0 when the qubit was 1"),
} as const;

export const memorySchemas = {
  t1S: positive("relaxation time T1 in seconds; absent, there is no relaxation"),
  t2S: positive("total coherence time T2 in seconds, at most 2·T1; absent, only T1 limits it"),
} as const;

export const oneQubitNoiseSchema = {
  oneQubitDepolarising: probability("probability that a one-qubit gate leaves its qubit maximally mixed"),
} as const;

export const twoQubitNoiseSchema = {
  twoQubitDepolarising: probability("probability that a two-qubit gate leaves its qubits maximally mixed"),
} as const;

/** What a step takes from the program's `defaults` when it does not say it itself. */
export const defaultsSchemas: Readonly<Record<string, Json>> = {
  ...memorySchemas,
  ...oneQubitNoiseSchema,
  ...twoQubitNoiseSchema,
  ...readoutSchemas,
};
