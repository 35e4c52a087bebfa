import type { Rule } from "./rule.ts";
import { importRules } from "./rules-of-imports.ts";
import { layoutRules } from "./rules-of-layout.ts";
import { machineRules } from "./rules-of-machines.ts";
import { textRules } from "./rules-of-text.ts";

/** The rules of the house that neither the compiler nor the linter knows. */
export const rules: readonly Rule[] = [...importRules, ...machineRules, ...layoutRules, ...textRules];
