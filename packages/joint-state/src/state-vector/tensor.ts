import { AMPLITUDE_BYTES } from "./kernels/task.ts";
import type { Workspace } from "./kernels/workspace.ts";

/**
 * The tensor product in place: the first `count` amplitudes become as many blocks as there are factors, real and
 * imaginary parts in turn; each block is they times its factor. The first block, which the others read, comes last.
 */
export function tensor(workspace: Workspace, count: number, factors: Float64Array, severalThreads: boolean): void {
  const blocks = factors.length / 2;
  workspace.reserve(count, count * blocks);
  const bytes = AMPLITUDE_BYTES * count;
  for (let block = blocks - 1; block >= 0; block -= 1) {
    workspace.setFactor(0, factors[2 * block] as number, factors[2 * block + 1] as number);
    const pass = { kernel: "move", bytes, lowSpread: 0, highSpread: 0, offsets: [0, block * bytes] } as const;
    workspace.run(pass, severalThreads);
  }
}
