import { defaultsSchemas, type Json, nameSchema } from "./field-schemas.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";

/** The JSON Schema of a program (draft 7). */
export function programJsonSchema(): Json {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    ...frameSchema({ oneOf: operations.map(stepSchema) }),
  };
}

/** The schema of a program whose steps are like this. */
export function frameSchema(step: Json): Json {
  return {
    title: "bellmesh physics program",
    type: "object",
    additionalProperties: false,
    required: ["steps"],
    properties: {
      title: { type: "string", description: "what it computes" },
      description: { type: "string", description: "more about it" },
      defaults: {
        type: "object",
        additionalProperties: false,
        description:
          "what steps that have such a field, and do not give it, take; a step that gives t1S or t2S takes neither",
        properties: defaultsSchemas,
      },
      steps: { type: "array", minItems: 1, maxItems: 1000, items: step, description: "what happens, in this order" },
    },
  };
}

/** The schema of one kind of step. */
export function stepSchema({ name, scheme, summary, properties, required, oneOf }: Operation): Json {
  return {
    title: scheme === undefined ? name : `${name} by ${scheme}`,
    description: summary,
    type: "object",
    additionalProperties: false,
    required: ["op", ...required],
    ...(oneOf && { oneOf: oneOf.map((fields) => ({ required: fields })) }),
    properties: {
      op: { const: name },
      as: { ...nameSchema, description: "what its outcome is called; the operation and its number when absent" },
      ...properties,
    },
  };
}
