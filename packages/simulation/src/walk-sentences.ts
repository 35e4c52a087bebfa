import { type BellIndex, bellName } from "@bellmesh/bell";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** One event of the ledger as a sentence, without its end. */
export function sentence({ event }: LedgerEvent): string {
  switch (event?.$case) {
    case "requestAccepted": {
      const { requestId, headEnd, tailEnd, path, predictedFidelityPpb } = event.requestAccepted;
      const predicted = (predictedFidelityPpb / 1e9).toFixed(4);
      const request = `request \`${requestId}\` from ${headEnd} to ${tailEnd}`;
      return `${request} is accepted, over ${path.join(" – ")}, predicted fidelity ${predicted}`;
    }
    case "circuitInstalled":
      return `circuit \`${event.circuitInstalled.circuit}\` is installed`;
    case "clockTrustChanged": {
      const { link, isTrusted, uncertaintyPs } = event.clockTrustChanged;
      const error = uncertaintyPs === undefined ? "unknown" : `at most ${uncertaintyPs} ps`;
      return `the clock is ${isTrusted ? "" : "not "}good enough for attempts of ${link}: its error is ${error}`;
    }
    case "pairHeralded": {
      const { pair, bellIndex, attempts } = event.pairHeralded;
      const series = `attempt ${attempts} of its series has succeeded`;
      return `pair \`${pair}\` is made: ${series}, and is announced as ${stateName(bellIndex)}`;
    }
    case "halfStored":
      return `half of \`${event.halfStored.pair}\` is in slot ${event.halfStored.slot}`;
    case "pairsSwapped": {
      const { upstreamPair, downstreamPair, outcome } = event.pairsSwapped;
      const halves = `\`${upstreamPair}\` and \`${downstreamPair}\``;
      return `Bell measurement on halves of ${halves}, outcome ${stateName(outcome)}`;
    }
    case "halfDelivered": {
      const { pair, pairSequence, bellIndex, claimedFidelityPpb } = event.halfDelivered;
      const half = `half of \`${pair}\` is delivered as pair ${pairSequence}`;
      return `${half}, ${stateName(bellIndex)}, claimed fidelity ${(claimedFidelityPpb / 1e9).toFixed(4)}`;
    }
    case "halfEnded":
      return `half of \`${event.halfEnded.pair}\` is given up: the request wants no more pairs`;
    case "pairFidelity": {
      const { fidelityPpt, intended } = event.pairFidelity;
      const fidelity = (fidelityPpt / 1e12).toFixed(4);
      return `both ends have it; true fidelity ${fidelity}, intended ${stateName(intended)} (told to the ledger only)`;
    }
    case "requestEnded":
      return `request \`${event.requestEnded.requestId}\` has ended: ${event.requestEnded.reason.toLowerCase()}`;
    default:
      throw new Error(`the walk has no words for ${event?.$case}`);
  }
}

/** The name of a Bell state; "unknown" where the index is absent. */
export function stateName(index: BellIndex | undefined): string {
  return index ? bellName(index) : "unknown";
}
