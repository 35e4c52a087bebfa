import { classicalDelayNs, nodeNamed, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { PlainRule } from "./plain-rule.ts";

/** What is told of a request, in order, and by the head-end that its id names, or by another. */
interface Word {
  readonly told: LedgerEvent;
  readonly what: "accepted" | "delivered" | "retracted" | "ended";
  readonly isOfHead: boolean;
  readonly node: string;
  /** Asked, delivered in all, or the pair's number. */
  readonly count: number;
}

/** A head-end never has more pairs than asked, says complete when it has all, and delivers none when it has ended. */
export const asAsked: PlainRule = {
  name: "as-asked",
  isBroken: (history, topology) => {
    const all = history.flatMap((told) => wordsOf(told));
    return [...new Set(all.map(({ id }) => id))].some((id) => {
      const words = all.filter((one) => one.id === id).map(({ word }) => word);
      return words.some((word, index) => isWrong(word, words.slice(0, index), id, topology));
    });
  },
};

function wordsOf(told: LedgerEvent): { id: string; word: Word }[] {
  const { event } = told;
  const word = (id: string, what: Word["what"], node: string, count: number) => {
    const [head, incarnation] = id.split("/");
    const isOfHead = head === node && told.incarnation === Number(incarnation);
    return [{ id, word: { told, what, isOfHead, node, count } }];
  };
  switch (event?.$case) {
    case "requestAccepted":
      return word(
        event.requestAccepted.requestId,
        "accepted",
        event.requestAccepted.headEnd,
        event.requestAccepted.pairs,
      );
    case "halfDelivered":
      return word(
        event.halfDelivered.requestId,
        "delivered",
        event.halfDelivered.node,
        event.halfDelivered.pairSequence,
      );
    case "halfRetracted":
      return word(
        event.halfRetracted.requestId,
        "retracted",
        event.halfRetracted.node,
        event.halfRetracted.pairSequence,
      );
    case "requestEnded":
      return word(event.requestEnded.requestId, "ended", event.requestEnded.node, event.requestEnded.delivered);
    default:
      return [];
  }
}

function isWrong(word: Word, before: readonly Word[], id: string, topology: Topology): boolean {
  if (!word.isOfHead) return false;
  const ofHead = before.filter(({ isOfHead }) => isOfHead);
  const asked = [...ofHead, word].findLast(({ what }) => what === "accepted")?.count;
  if (word.what === "ended") {
    const { reason = "", isConfirmed } = word.told.event?.$case === "requestEnded" ? word.told.event.requestEnded : {};
    const isIncomplete = reason === "COMPLETE" && asked !== undefined && word.count !== asked;
    return isIncomplete || (isConfirmed === true && !isHeardOf(word, before, id, topology));
  }
  if (word.what === "delivered" && ofHead.some(({ what }) => what === "ended")) return true;
  const has = [...ofHead, word].reduce(
    (sum, { what }) => sum + Number(what === "delivered") - Number(what === "retracted"),
    0,
  );
  return word.what !== "retracted" && asked !== undefined && has > asked;
}

/** Whether each pair at the head-end is at the tail-end too, since so long ago that light can have brought the word. */
function isHeardOf(end: Word, before: readonly Word[], id: string, topology: Topology): boolean {
  const head = id.split("/")[0] ?? "";
  const ofPairs = before.filter(({ what }) => what === "delivered" || what === "retracted");
  const ofEnds = ofPairs.filter(({ isOfHead, node }) => isOfHead || node !== head);
  return [...new Set(ofEnds.map(({ count }) => count))].every((number) => {
    // The delivery at one end that has none beside it at the other.
    let alone: Word | undefined;
    let heardNs = 0;
    for (const word of ofEnds.filter(({ count }) => count === number)) {
      const other: Word | undefined = alone && alone.isOfHead !== word.isOfHead ? alone : undefined;
      if (other && word.what === "delivered") {
        const tail = word.isOfHead ? other : word;
        heardNs = Math.max(heardNs, tail.told.at + lightNs(topology, tail.node, head));
        alone = undefined;
      } else alone = word.what === "delivered" ? word : other;
    }
    return !alone?.isOfHead && end.told.at + 2 * end.told.uncertaintyNs + 2 >= heardNs;
  });
}

function lightNs(topology: Topology, from: string, to: string): number {
  return nodeNamed(topology, from) && nodeNamed(topology, to) ? classicalDelayNs(topology, from, to) : 0;
}
