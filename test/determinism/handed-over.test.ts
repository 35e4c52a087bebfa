import type { Effect } from "@bellmesh/mesh";
import { simulate } from "@bellmesh/simulation";
import { drawTrial, runTrial } from "@bellmesh/simulation/exploration";
import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";

/** Seeds of trials: all four regimes and most kinds of faults are among them. */
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

/** Bytes cannot be frozen; nobody has reason to write into them. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}

/** Whoever changes a message, a request or a record that has left its step is stopped with a TypeError. */
function freezeWhatLeaves(effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.kind === "send") freeze(effect.item);
    else if (effect.kind === "publish") freeze(effect.message);
    else if (effect.kind === "call" || effect.kind === "open-stream") freeze(effect.request);
    else if (effect.kind === "respond") freeze(effect.response);
    else if (effect.kind === "record") freeze(effect.event);
  }
}

describe("Messages that are handed over and not encoded", () => {
  test.for(SEEDS)("leave the ledger of trial %d as it is, and nobody changes one", (seed) => {
    const trial = drawTrial(seed);
    const encoded = runTrial(trial);
    const handed = runTrial(trial, {
      handsOver: true,
      onStep: (_address, _now, _input, effects) => freezeWhatLeaves(effects),
    });
    expect(handed).toEqual(encoded);
  });

  test("leave the report of a simulation as it is", () => {
    const options = { topology: loadTopology("line:3"), from: "n0", to: "n2", pairs: 400, seed: 5 };
    const { wallMs: _, ...handed } = simulate(options);
    const { wallMs: __, ...encoded } = simulate({ ...options, encodes: true });
    expect(encoded).toEqual(handed);
  });
});
