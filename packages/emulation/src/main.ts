import { runCollector } from "./collector-process.ts";

await runCollector(process.env);
