import { NodeClocks } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import { loadTopology, type TopologyNode } from "@bellmesh/topology";
import { instant } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import type { ClockChecked } from "@bellmesh/wire/ledger";
import { beforeEach, expect, test } from "vitest";
import { checkClock } from "./clock-promise.ts";
import { QubitHolder } from "./qubit-holder.ts";

const SECOND_NS = 1_000_000_000;
const { nodes, clock } = loadTopology("line:3");
let [grandmaster, node] = holders();
let setNs = 0;

beforeEach(() => {
  [grandmaster, node] = holders();
  setNs = 0;
});

function holders(): readonly [QubitHolder, QubitHolder] {
  const entropy = new SeededEntropy(1);
  const clocks = new NodeClocks(entropy, { ...clock, initialOffsetNs: 0 });
  const made = nodes.map((one: TopologyNode) => new QubitHolder(one, clocks.of(one.name), entropy));
  return [made[0] as QubitHolder, made[1] as QubitHolder];
}

/** The node's clock-sync says that it runs as it did when it was last set, and promises so much. */
function heard(atS: number, promisedPs: number, from = grandmaster): ClockChecked | undefined {
  const correction: ClockCorrection = {
    node: node.name,
    incarnation: 1,
    sequence: atS + 1,
    fromHardware: setNs,
    fromHardwarePs: 0,
    disciplined: setNs,
    disciplinedPs: 0,
    frequencyPpb: 0,
    grandmaster: from.name,
    promisedPs,
  };
  const [told] = checkClock(instant(atS * SECOND_NS), node, from, correction, SECOND_NS);
  if (told?.kind !== "record" || told.event.$case !== "clockChecked") return undefined;
  return told.event.clockChecked;
}

/** It is set in each of these seconds, and promises more than it can be off by. */
function set(fromS: number, untilS: number): void {
  for (let atS = fromS; atS < untilS; atS += 1) {
    setNs = atS * SECOND_NS;
    heard(atS, 1e12);
  }
}

test("A clock that holds over had settled when it was set for the twelfth time before", () => {
  set(0, 20);
  heard(20, 1);
  expect(heard(21, 1)).toMatchObject({ isHeld: true, settledNs: 8 * SECOND_NS });
});

test("A clock that was not set so often since its grandmaster is another has not settled", () => {
  set(0, 20);
  const other = new QubitHolder(nodes[2] as TopologyNode, grandmaster.clock, new SeededEntropy(1));
  heard(20, 1, other);
  expect(heard(21, 1, other)).toMatchObject({ isHeld: true, settledNs: undefined });
});

test("A clock that was found further off than promised has to settle anew", () => {
  set(0, 10);
  setNs = 10 * SECOND_NS;
  heard(10, 1);
  set(11, 22);
  heard(22, 1);
  expect(heard(23, 1)).toMatchObject({ isHeld: true, settledNs: undefined });
});
