import { bellName } from "@bellmesh/bell";
import { emitAndCatch } from "@bellmesh/hardware";
import { notNegative, probability } from "../field-schemas.ts";
import { heraldBy } from "./herald.ts";
import { densityOfAnnounced } from "./herald-single-click.ts";

interface DeterministicFields {
  readonly transmission: number;
  readonly addedPhotons?: number;
}

/** Half of an excitation, emitted here and caught there; what is lost on the way is not heralded. */
export const heraldDeterministic = heraldBy<DeterministicFields>({
  scheme: "deterministic",
  summary: "two fresh qubits that share an excitation sent over a lossy line; every attempt counts as a success",
  properties: {
    transmission: probability("of the line"),
    addedPhotons: { ...notNegative("mean number of thermal photons that the line adds; they depolarise"), default: 0 },
  },
  required: ["transmission"],
  attempt({ transmission, addedPhotons = 0 }) {
    const { successProbability, announced } = emitAndCatch({ transmission, addedPhotons });
    const announcements = announced.map((one) => {
      return { announced: bellName(one.index), probability: one.probability, state: densityOfAnnounced(one) };
    });
    return { successProbability, announcements };
  },
});
