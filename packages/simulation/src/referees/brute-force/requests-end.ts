import type { PlainRule } from "./plain-rule.ts";

/** Every request that was accepted ends, or its head-end has restarted and forgotten it. */
export const requestsEnd: PlainRule = {
  name: "requests-end",
  isBroken: (history) =>
    history.some(({ event }, index) => {
      if (event?.$case !== "requestAccepted") return false;
      const { requestId, headEnd } = event.requestAccepted;
      return !history
        .slice(index)
        .some((told) =>
          told.event?.$case === "requestEnded"
            ? told.event.requestEnded.requestId === requestId && told.event.requestEnded.node === headEnd
            : told.event?.$case === "controllerRestarted" && told.event.controllerRestarted.node === headEnd,
        );
    }),
};
