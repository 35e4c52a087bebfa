import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/**
 * What a process has at most resident, in units of the state of 22 qubits, from before it is made until it has been
 * through everything; the engine's code and threads are there before.
 */
function peakInStates(): number {
  const script = `
    import { StateVector } from ${JSON.stringify(new URL("./state-vector.ts", import.meta.url).href)};
    const options = { fusion: true, severalThreads: true };
    const gate = [0.6, 0, 0, -0.8, 0, -0.8, 0.6, 0];
    const run = (size) => {
      const state = new StateVector(size - 2, options);
      state.grow();
      const other = new StateVector(1, options);
      other.apply(0, gate);
      state.absorb(other);
      for (let qubit = 0; qubit < size; qubit += 1) state.apply(qubit, gate);
      state.controlled(0, 7, "x");
      state.applyPair(3, 4, [0.6,0, 0,0, 0,0, 0,-0.8, 0,0, 0.6,0, 0,-0.8, 0,0,
        0,0, 0,-0.8, 0.6,0, 0,0, 0,-0.8, 0,0, 0,0, 0.6,0]);
      state.weaken(2, 0.5);
      state.jump(1);
      state.project(5, true);
      state.grow();
      state.project(0, false);
      state.reduced([1, 2]);
      state.release();
    };
    run(18);
    await new Promise((resolve) => setTimeout(resolve, 300));
    run(18);
    globalThis.gc();
    const before = process.memoryUsage().rss;
    run(22);
    const peak = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(String((peak - before) / (16 * 2 ** 22)));
  `;
  return Number(execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script]).toString());
}

test("at its peak a state of 22 qubits takes at most one and a half times its amplitudes", () => {
  const states = peakInStates();
  expect(states).toBeLessThan(1.5);
});
