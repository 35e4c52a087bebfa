import type { AnyService, Effect, FaultEntry } from "@bellmesh/mesh";
import { service as physicalLink } from "@bellmesh/physical-link";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import { allReferees, LedgerReaders, objections, simulatedMesh, verdicts } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { CreatePairsRequest } from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";

const topology = loadTopology("line:3");
const STATION = "physical-link/n0-n1";
const PAIRS = 120;
/** It is with its pair of this number that something goes wrong. */
const NUMBER = 40;

/** What the station tells nature of a pair. */
function isPair(effect: Effect): boolean {
  return effect.kind === "send" && (effect.item as Partial<CreatePairsRequest>).pair === `n0-n1/1/${NUMBER}`;
}

/** The heralding stations, of which one says less in the step in which it heralds that pair. */
function silenced(said: (effects: readonly Effect[]) => readonly Effect[], told: () => void): AnyService {
  return {
    ...physicalLink,
    start: (context) => {
      const machine = physicalLink.start(context as Parameters<typeof physicalLink.start>[0]);
      return {
        step: (now, input) => {
          const effects = machine.step(now, input);
          if (!effects.some(isPair)) return effects;
          told();
          return said(effects);
        },
      };
    },
  };
}

/** A request, while the station's word of one pair is lost, and 10 ms later a fault befalls the mesh, if any. */
function run(seed: number, isStationDown: boolean, after?: Pick<FaultEntry, "kind" | "target" | "args">) {
  const ledger: LedgerEvent[] = [];
  const referees = allReferees(topology);
  const readers = new LedgerReaders(referees);
  let isHeralded = false;
  const written = (effects: readonly Effect[]) => effects.filter(({ kind }) => kind === "record");
  const untold = (effects: readonly Effect[]) => effects.filter((effect) => !isPair(effect));
  const station = silenced(isStationDown ? written : untold, () => {
    isHeralded = true;
  });
  const world = simulatedMesh({
    topology,
    seed,
    instead: new Map([["physical-link", station]]),
    onRecord: (event) => {
      ledger.push(event);
      readers.read(event);
    },
    onStep: (address) => {
      if (isStationDown && isHeralded && address === STATION && world.isUp(STATION)) world.crash(STATION);
    },
  });
  const table = new RequesterTable();
  const policy = { minFidelity: undefined, maxTimeNs: 60e9, missPolicy: 0, graceNs: 0, finalState: undefined };
  world.add(requester, { place: "n0", config: { ask: { from: "n0", to: "n2", pairs: PAIRS, ...policy }, table } });
  world.start();
  world.run({ untilNs: 60e9, until: () => isHeralded });
  world.run({ untilNs: world.now + 10e6 });
  if (after) world.inject({ ...after, atNs: world.now, forNs: 50e6 } as FaultEntry);
  world.run({ untilNs: world.now + 50e6 });
  isHeralded = false;
  world.restart(STATION);
  world.run({ untilNs: world.now + 60e9, until: () => table.done });
  world.run({ untilNs: world.now + 20e9 });
  world.takeCensus();
  const objectionsTo = objections(verdicts(referees, true, true)).map(
    ({ name, violations }) => `${name}: ${violations.map(({ pair, message }) => `${pair} ${message}`).join("; ")}`,
  );
  const made = ledger.flatMap(({ event }) => (event?.$case === "pairHeralded" ? [event.pairHeralded.pair] : []));
  const others = made.filter((pair) => pair.startsWith("n0-n1/"));
  return { objections: objectionsTo, delivered: table.delivered, pairs: others };
}

describe("A pair that nature never made was never heralded, and its link goes on", () => {
  const never = `n0-n1/1/${NUMBER}`;

  test.each([1, 2, 3])("when its station goes down before nature hears of it (seed %d)", (seed) => {
    const { objections, delivered, pairs } = run(seed, true);
    expect(objections).toEqual([]);
    expect(delivered).toBe(PAIRS);
    expect(pairs).toContain(`n0-n1/1/${NUMBER - 1}`);
    expect(pairs).toContain("n0-n1/2/1");
    expect(pairs).not.toContain(never);
  });

  test.each([1, 2, 3])("when nature goes down before it hears of it: both ends are told (seed %d)", (seed) => {
    const { objections, delivered, pairs } = run(seed, false, {
      kind: "crash",
      target: { process: "quantum-state/nature" },
      args: {},
    });
    expect(objections).toEqual([]);
    expect(delivered).toBe(PAIRS);
    expect(pairs).toContain(`n0-n1/1/${NUMBER + 1}`);
    expect(pairs).not.toContain(never);
  });
});
