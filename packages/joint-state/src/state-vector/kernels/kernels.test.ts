import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { assembledKernels } from "./kernels.ts";

test("the artefact is what the source assembles to, byte for byte; if not, run write-kernels.ts", () => {
  const committed = readFileSync(new URL("./kernels.wasm", import.meta.url));
  expect(Buffer.compare(committed, assembledKernels())).toBe(0);
});

test("no instruction of relaxed SIMD is in the source: results are the same on every machine", () => {
  const source = readFileSync(new URL("./assembler.ts", import.meta.url), "utf8");
  // Relaxed instructions have the numbers from 0x100 on; all of ours stand in calls of simd().
  const numbers = Array.from(source.matchAll(/simd\((0x[0-9a-f]+)\)/g), ([, number]) => Number(number));
  expect(numbers.length).toBeGreaterThan(6);
  expect(Math.max(...numbers)).toBeLessThan(0x100);
});
