import type { KeyFigures } from "@bellmesh/physics";
import { numberText } from "./physics-figures.ts";

/** What pairs are worth to cryptography, for people; rates are left out where `isRated` is false. */
export function keyRows(key: KeyFigures, isRated: boolean): string[][] {
  const keyed = (fraction: number, rateHz: number) =>
    `${numberText(fraction, 6)} a pair${isRated ? `, ${numberText(rateHz)} bit/s` : ""}`;
  const { x, y, z } = key.errorRates;
  return [
    ["QBER in X, Y, Z", [x, y, z].map((rate) => numberText(rate, 5)).join(", ")],
    ["BB84 secret key", keyed(key.bb84Fraction, key.bb84RateHz)],
    ["six-state secret key", keyed(key.sixStateFraction, key.sixStateRateHz)],
    ["CHSH at best", numberText(key.chsh, 6)],
  ];
}

/** The same as data. */
export function keyReport(key: KeyFigures) {
  return {
    errorRates: key.errorRates,
    secretKey: {
      bb84: { fraction: key.bb84Fraction, rateHz: key.bb84RateHz },
      sixState: { fraction: key.sixStateFraction, rateHz: key.sixStateRateHz },
    },
    chsh: key.chsh,
  };
}
