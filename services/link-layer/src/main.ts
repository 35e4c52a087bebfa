import { runProcess } from "@bellmesh/process";
import { service } from "./service.ts";

await runProcess([service], process.env);
