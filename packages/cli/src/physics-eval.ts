import { evaluate, parseProgram, programJsonSchema } from "@bellmesh/physics";
import type { Command } from "./command.ts";
import { evaluationText } from "./physics-eval-text.ts";
import { textOf } from "./text-of.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh physics eval`: what a program on pairs and small registers comes to, exactly. */
export const physicsEval: Command = {
  name: "physics eval",
  summary: "evaluate a program on pairs and small registers, exactly",
  description:
    "Follows every outcome of a program: heralds, waits, gates, swaps, distillation, teleportation, telegates,\n" +
    "fusion, measurements. Reports fidelity, Bell weights, populations, coherences and probabilities, for each\n" +
    "history of outcomes and on average, to double precision. docs/physics-programs.md describes programs, and\n" +
    "--schema prints their JSON Schema. Nothing is drawn at random, and no network is needed.",
  positionals: [{ name: "FILE", summary: "a program as JSON, or - for standard input", isOptional: true }],
  options: { schema: { summary: "print the JSON Schema of programs instead" } },
  examples: [
    "bellmesh physics eval examples/physics/swap.json",
    "bellmesh physics eval examples/physics/teleport.json --json",
    "bellmesh physics eval --schema",
  ],
  run(given, output) {
    const [file] = given.positionals;
    if (given.has("schema")) {
      if (file !== undefined) throw new UsageError("--schema evaluates no file", "leave out one of the two");
      output.result(JSON.stringify(programJsonSchema(), null, given.has("json") ? 0 : 2));
      return 0;
    }
    if (file === undefined) throw new UsageError("no program is given", "name a JSON file, or - for standard input");
    const evaluation = evaluate(
      parseProgram(textOf(file, "name a JSON file, or - for standard input"), file === "-" ? "standard input" : file),
    );
    output.result(given.has("json") ? JSON.stringify(evaluation) : evaluationText(evaluation));
    return 0;
  },
};
