import { fileURLToPath } from "node:url";
import type { Effect } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { type SimulationOptions, simulate } from "@bellmesh/simulation";
import { drawTrial, runTrial } from "@bellmesh/simulation/exploration";
import { loadTopology } from "@bellmesh/topology";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { describe, expect, test } from "vitest";
import { calibrating } from "../scenarios/calibrating.ts";

/** Seeds of trials: all four regimes and most kinds of faults are among them. */
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

const example = (name: string) =>
  loadTopology(fileURLToPath(new URL(`../../examples/topologies/${name}.yaml`, import.meta.url)));

const lossyBus: FaultEntry = {
  kind: "loss",
  atNs: 0,
  forNs: 60e9,
  target: { subject: "bellmesh.v1.*.ff.*.*.track" },
  args: { probability: 0.5 },
};

/** Messages of kinds that trials do not draw. */
const asked: readonly (SimulationOptions & { readonly what: string })[] = [
  { what: "a line", topology: loadTopology("line:3"), from: "n0", to: "n2", pairs: 200, seed: 5 },
  { what: "tomography", topology: loadTopology("line:3"), from: "n0", to: "n2", pairs: 90, seed: 5, tomography: true },
  {
    what: "moves into storage",
    topology: example("electron-and-carbon"),
    from: "alice",
    to: "bob",
    pairs: 40,
    seed: 5,
  },
  { what: "states of single click", topology: example("nv-lab-pair"), from: "alice", to: "bob", pairs: 30, seed: 5 },
  {
    what: "a calibration",
    topology: example("bench-line-3"),
    from: "n0",
    to: "n2",
    pairs: 120,
    seed: 5,
    calibrations: [calibrating(1, undefined, 0.5e9)],
  },
  {
    what: "late TRACK and degraded deliveries",
    topology: loadTopology("line:3"),
    from: "n0",
    to: "n2",
    pairs: 60,
    seed: 3,
    minFidelity: 0.9,
    missPolicy: MissPolicy.DEGRADE,
    graceNs: 20e6,
    faults: [lossyBus],
  },
];

const frozen = new WeakSet<object>();

/** Bytes cannot be frozen; nobody has reason to write into them. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || frozen.has(value)) return;
  frozen.add(value);
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

  test.for(asked)("leave the report of a simulation as it is: $what", ({ what: _, ...options }) => {
    const { wallMs: _handedMs, ...handed } = simulate(options);
    const { wallMs: _encodedMs, ...encoded } = simulate({ ...options, encodes: true });
    expect(handed.delivered).toBeGreaterThan(0);
    expect(handed).toEqual(encoded);
  });
});
