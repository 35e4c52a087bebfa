import { type BellIndex, bellName } from "@bellmesh/bell";
import { type LedgerEvent, outcomeToJSON } from "@bellmesh/wire/ledger";
import { type Logger, pino } from "pino";

/** Lines are written together, at the latest this much later. */
const FLUSH_MS = 50;
const TOGETHER_BYTES = 4096;

/**
 * The log of a process: one JSON object per line on stdout. Writing never waits for whoever reads it, so that a slow
 * terminal delays no message of the mesh; what is still in memory is written at exit.
 */
export function createLogger(options: {
  readonly name: string;
  readonly place: string;
  readonly services: readonly string[];
  readonly level: string;
}): Logger {
  const { name, place, services, level } = options;
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: TOGETHER_BYTES,
    periodicFlush: FLUSH_MS,
  });
  return pino({ name, level, base: { pid: process.pid, name, place, services } }, destination);
}

type Event = NonNullable<LedgerEvent["event"]>;

/** A ledger event as a log line: requests and circuits for whoever watches, pairs for whoever looks for something. */
export function logRecord(log: Logger, event: Event): void {
  const level = levels[event.$case] ?? "debug";
  if (log.isLevelEnabled(level)) log[level](fieldsOf(event), event.$case.replace(/[A-Z]/g, " $&").toLowerCase());
}

const levels: { readonly [Case in Event["$case"]]?: "warn" | "info" } = {
  emulatorLimit: "warn",
  clockTrustChanged: "info",
  faultBegan: "warn",
  faultEnded: "warn",
  requestAccepted: "info",
  requestRefused: "info",
  requestEnded: "info",
  circuitInstalled: "info",
  circuitTornDown: "info",
};

/** What is searched for stands under one name in every line: `node`, `pair`, `circuit`, `requestId`. */
function fieldsOf(event: Event): object {
  switch (event.$case) {
    case "requestAccepted": {
      const { headEnd: node, tailEnd: to, predictedFidelityPpb, ...rest } = event.requestAccepted;
      return { node, to, predictedFidelity: predictedFidelityPpb / PPB, ...rest };
    }
    case "requestRefused":
      return event.requestRefused;
    case "requestEnded":
      return event.requestEnded;
    case "circuitInstalled":
      return event.circuitInstalled;
    case "circuitTornDown":
      return event.circuitTornDown;
    case "natureRestarted":
      return event.natureRestarted;
    case "controllerRestarted":
      return event.controllerRestarted;
    case "clockChecked":
      return event.clockChecked;
    case "census":
      return event.census;
    case "hardwareChanged":
      return event.hardwareChanged;
    case "attemptsMade":
      return event.attemptsMade;
    case "clockTrustChanged":
      return event.clockTrustChanged;
    case "faultBegan":
      return event.faultBegan.fault ?? {};
    case "faultEnded":
      return event.faultEnded.fault ?? {};
    default:
      return pairFieldsOf(event);
  }
}

type OfRest = `${string}Restarted` | "hardwareChanged" | "attemptsMade" | `clock${string}` | "census";
type NoPairs = `request${string}` | `circuit${string}` | `fault${string}` | OfRest;
type PairEvent = Exclude<Event, { $case: NoPairs }>;

function pairFieldsOf(event: PairEvent): object {
  switch (event.$case) {
    case "pairHeralded": {
      const { pair, firstNode, secondNode, bellIndex, attempts } = event.pairHeralded;
      return { pair, nodes: [firstNode, secondNode], bell: named(bellIndex), attempts };
    }
    case "halfStored":
      return event.halfStored;
    case "halfMoved":
      return event.halfMoved;
    case "qubitMoved":
      return { ...event.qubitMoved, pair: event.qubitMoved.qubit };
    case "pairsSwapped": {
      const { node, upstreamPair, downstreamPair, outcome } = event.pairsSwapped;
      return { node, pair: upstreamPair, downstreamPair, bell: named(outcome) };
    }
    case "halfDelivered": {
      const { bellIndex, claimedFidelityPpb, ...rest } = event.halfDelivered;
      return { ...rest, bell: named(bellIndex), claimedFidelity: claimedFidelityPpb / PPB };
    }
    case "halfEnded":
      return { ...event.halfEnded, outcome: outcomeToJSON(event.halfEnded.outcome) };
    case "halfMeasured":
      return event.halfMeasured;
    case "halfRetracted":
      return event.halfRetracted;
    case "halfUpgraded":
      return {
        pair: event.halfUpgraded.pair,
        node: event.halfUpgraded.node,
        bell: named(event.halfUpgraded.bellIndex),
      };
    case "pairFidelity": {
      const { firstPair, firstNode, secondPair, secondNode, fidelityPpt, intended, engine } = event.pairFidelity;
      const fidelity = fidelityPpt / PPT;
      const nodes = [firstNode, secondNode];
      return { pair: firstPair, secondPair, nodes, fidelity, bell: named(intended), engine };
    }
    case "emulatorLimit":
      return { ...event.emulatorLimit, pair: event.emulatorLimit.pairs[0] };
    case "frameApplied":
      return { pair: event.frameApplied.pair, node: event.frameApplied.node, bell: named(event.frameApplied.applied) };
  }
}

const PPB = 1_000_000_000;
const PPT = 1_000_000_000_000;

/** A Bell state as people call it; nothing where it is not known. */
function named(index: BellIndex | undefined): string | undefined {
  return index && bellName(index);
}
