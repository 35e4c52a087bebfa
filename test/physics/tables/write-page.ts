/** Writes docs/physics-tables.md. */
import { writeFileSync } from "node:fs";
import { page } from "./page.ts";

writeFileSync(new URL("../../../docs/physics-tables.md", import.meta.url), page());
