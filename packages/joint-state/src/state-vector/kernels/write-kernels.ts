/** Writes `kernels.wasm` from its source: `node packages/joint-state/src/state-vector/kernels/write-kernels.ts`. */
import { writeFileSync } from "node:fs";
import { assembledKernels } from "./kernels.ts";

writeFileSync(new URL("./kernels.wasm", import.meta.url), assembledKernels());
