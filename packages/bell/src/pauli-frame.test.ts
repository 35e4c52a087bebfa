import { describe, expect, test } from "vitest";
import { bellIndices, PauliFrame, phiMinus, phiPlus, psiMinus, psiPlus } from "./index.ts";

describe("PauliFrame", () => {
  test("starts empty, absorbs by XOR and is empty again when settled", () => {
    const frame = new PauliFrame();
    expect(frame.pending).toBe(phiPlus);
    frame.absorb(psiPlus);
    frame.absorb(psiMinus);
    expect(frame.pending).toBe(phiMinus);
    expect(frame.settle()).toBe(phiMinus);
    expect(frame.pending).toBe(phiPlus);
  });

  test("cancels silently when the same correction comes twice", () => {
    for (const index of bellIndices) {
      const frame = new PauliFrame(index);
      frame.absorb(index);
      expect(frame.pending).toBe(phiPlus);
    }
  });

  test("flips the outcomes that its Pauli anticommutes with", () => {
    const flips = bellIndices.map((index) =>
      (["x", "y", "z"] as const).map((axis) => new PauliFrame(index).flips(axis)),
    );
    expect(flips).toEqual([
      [false, false, false],
      [false, true, true],
      [true, true, false],
      [true, false, true],
    ]);
  });

  test("lets a Hadamard gate exchange X and Z and fix Y", () => {
    const after = bellIndices.map((index) => passed(index, (frame) => frame.hadamard()));
    expect(after).toEqual([phiPlus, phiMinus, psiPlus, psiMinus]);
  });

  test("lets a phase gate exchange X and Y and fix Z", () => {
    const after = bellIndices.map((index) => passed(index, (frame) => frame.phase()));
    expect(after).toEqual([phiPlus, psiMinus, phiMinus, psiPlus]);
  });

  test("spreads X from control to target and Z from target to control", () => {
    for (const control of bellIndices) {
      for (const target of bellIndices) {
        const [a, b] = [new PauliFrame(control), new PauliFrame(target)];
        a.controlledX(b);
        expect(a.pending).toEqual({ x: control.x, z: control.z !== target.z });
        expect(b.pending).toEqual({ x: control.x !== target.x, z: target.z });
        a.controlledX(b);
        expect([a.pending, b.pending]).toEqual([control, target]);
      }
    }
  });
});

function passed(index: (typeof bellIndices)[number], gate: (frame: PauliFrame) => void) {
  const frame = new PauliFrame(index);
  gate(frame);
  return frame.pending;
}
