import { runProcess } from "@bellmesh/process";
import { services } from "./service.ts";

await runProcess(services, process.env);
