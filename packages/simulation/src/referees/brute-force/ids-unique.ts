import type { PlainRule } from "./plain-rule.ts";

/** No two pairs have the same id, and every id says of which link and which start of its station it is. */
export const idsUnique: PlainRule = {
  name: "ids-unique",
  isBroken: (history) => {
    const ids = history.flatMap(({ event }) => (event?.$case === "pairHeralded" ? [event.pairHeralded.pair] : []));
    return new Set(ids).size < ids.length || ids.some((id) => !/^[^/]+\/.*\/\d+$/.test(id));
  },
};
