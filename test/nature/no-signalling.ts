import { phiPlus, psiMinus } from "@bellmesh/bell";
import { Basis } from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";
import { type Imperfections, Laboratory } from "./laboratory.ts";

const MS = 1_000_000;
const SIGMA = 5;

/** What Alice may do to her half of a pair with Bob in the meantime. */
type Deed = (laboratory: Laboratory, pair: string, shot: number) => void;

const turns: Deed = (laboratory, qubit) => {
  laboratory.operate("alice", 2 * MS, { $case: "gate", gate: { qubit, axis: Basis.Y, angle: 0.7 } });
};

const measures =
  (basis: Basis): Deed =>
  (laboratory, qubit) => {
    laboratory.operate("alice", 2 * MS, { $case: "measurement", measurement: { qubit, basis } });
  };

/** Those that have no outcome: nothing is conditional on anything. */
const silent: readonly [string, Deed][] = [
  ["hands it over", (laboratory, pair) => laboratory.deliver("alice", 2 * MS, pair)],
  ["gives it up", (laboratory, qubit) => laboratory.operate("alice", 2 * MS, { $case: "discard", discard: { qubit } })],
  ["turns it", turns],
  [
    "corrects it",
    (laboratory, qubit) =>
      laboratory.operate("alice", 2 * MS, { $case: "correction", correction: { qubit, applied: psiMinus } }),
  ],
  ["crashes", (laboratory) => laboratory.crash("alice")],
];

/** Those that tell Alice something. */
const telling: readonly [string, Deed][] = [
  ["measures it in Z", measures(Basis.Z)],
  ["measures it in X", measures(Basis.X)],
  [
    "turns and measures it",
    (laboratory, pair, shot) => {
      turns(laboratory, pair, shot);
      measures(Basis.Z)(laboratory, pair, shot);
    },
  ],
  [
    "measures it against a qubit of her own",
    (laboratory, first, shot) => {
      const second = `own-${shot}`;
      laboratory.operate("alice", 2 * MS, { $case: "initialise", initialise: { qubit: second } });
      laboratory.operate("alice", 2 * MS, { $case: "bellMeasurement", bellMeasurement: { first, second } });
    },
  ],
];

/** How a half comes to be held by an engine, and how often it is tried. */
export interface World {
  readonly engine: string;
  readonly imperfections: Imperfections;
  /** Pairs that Bob joins on his side. */
  readonly pairs: number;
  readonly turned: boolean;
  readonly shots: number;
}

/**
 * Bob joins the halves of his pairs: those of either half of the list, then the two groups, so that no density matrix
 * on the way is much larger than it must be.
 */
function join({ turned }: World, laboratory: Laboratory, pairs: readonly string[], at: number): void {
  const [qubit = "", ...others] = pairs;
  if (turned) laboratory.operate("bob", at, { $case: "gate", gate: { qubit, axis: Basis.X, angle: 0.8 } });
  const controlled = (control: string, target: string) => {
    const controlledGate = { control, target, axis: Basis.X };
    laboratory.operate("bob", at, { $case: "controlledGate", controlledGate });
  };
  const middle = Math.floor(pairs.length / 2);
  const [second, ...later] = pairs.slice(Math.max(1, middle));
  for (const target of others.slice(0, Math.max(0, middle - 1))) controlled(qubit, target);
  for (const target of later) controlled(second as string, target);
  if (second !== undefined) controlled(qubit, second);
}

/** What Bob hears from nature, shot by shot: his own measurements of his half, in X and in Z. */
function bobsReplies(world: World, deed: Deed | undefined): readonly boolean[] {
  const laboratory = new Laboratory(world.imperfections, 9);
  return Array.from({ length: world.shots }, (_, shot) => {
    const pairs = Array.from({ length: world.pairs }, (_each, place) =>
      laboratory.pair("alice-bob", shot * world.pairs + place + 1, { bellWeights: [0.85, 0.05, 0.07, 0.03] }),
    );
    const [first = "", ...others] = pairs;
    join(world, laboratory, pairs, MS);
    deed?.(laboratory, first, shot);
    const measurement = { qubit: first, basis: shot % 2 === 0 ? Basis.Z : Basis.X };
    const outcome = laboratory.operate("bob", 4 * MS, { $case: "measurement", measurement });
    for (const pair of others) {
      for (const node of ["alice", "bob"])
        laboratory.operate(node, 5 * MS, { $case: "discard", discard: { qubit: pair } });
    }
    laboratory.operate("alice", 5 * MS, { $case: "discard", discard: { qubit: first } });
    if (outcome?.$case !== "bit") throw new Error(`no measurement: ${JSON.stringify(outcome)}`);
    return outcome.bit;
  });
}

function ones(replies: readonly boolean[], parity: number): number {
  return replies.filter((bit, shot) => bit && shot % 2 === parity).length;
}

/** The tests of one world: what Alice does to her half never shows in what Bob hears. */
export function testNoSignalling(world: World): void {
  describe(`What Bob hears from a ${world.engine}`, () => {
    const undisturbed = bobsReplies(world, undefined);
    const isExact = world.engine === "pair" || world.engine === "density-matrix";

    test("is held by that engine", () => {
      const laboratory = new Laboratory(world.imperfections, 9);
      const pairs = Array.from({ length: world.pairs }, (_, place) => laboratory.pair("alice-bob", place + 1));
      join(world, laboratory, pairs, 1);
      for (const node of ["alice", "bob"]) laboratory.deliver(node, 2, pairs[0] as string, phiPlus);
      expect(laboratory.fidelities[0]?.engine).toBe(world.engine);
    });

    test.each(silent)("is the same when Alice %s", (_what, deed) => {
      const replies = bobsReplies(world, deed);
      if (isExact) expect(replies).toEqual(undisturbed);
      else expectAlike(replies, undisturbed);
    });

    test.each(telling)("is as likely when Alice %s (5 sigma, seed 9)", (_what, deed) => {
      expectAlike(bobsReplies(world, deed), undisturbed);
    });
  });
}

function expectAlike(replies: readonly boolean[], undisturbed: readonly boolean[]): void {
  for (const parity of [0, 1]) {
    const sigma = Math.sqrt(replies.length / 4);
    expect(Math.abs(ones(replies, parity) - ones(undisturbed, parity))).toBeLessThan(SIGMA * sigma);
  }
}
