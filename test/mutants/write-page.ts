/** Writes the table of README.md anew: `node test/mutants/write-page.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { mutantTable } from "./mutant-table.ts";

const page = new URL("README.md", import.meta.url);
const [before] = readFileSync(page, "utf8").split("| mutant |");
writeFileSync(page, `${before}${mutantTable()}`);
