/** Writes docs/physics-cases.md. */
import { writeFileSync } from "node:fs";
import { page } from "./page.ts";

writeFileSync(new URL("../../../docs/physics-cases.md", import.meta.url), page());
