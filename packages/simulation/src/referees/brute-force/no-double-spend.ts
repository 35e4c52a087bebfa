import { halvesIn, isEnd, isSpent, strayIn } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** A half is spent once, by the node that holds it, after its herald. */
export const noDoubleSpend: PlainRule = {
  name: "no-double-spend",
  isBroken: (history) => {
    if (strayIn(history).some(isSpent)) return true;
    return halvesIn(history).some(({ deeds }) => {
      const [first, ...later] = deeds.filter(isEnd);
      return first !== undefined && isSpent(first) && later.some(isSpent);
    });
  },
};
