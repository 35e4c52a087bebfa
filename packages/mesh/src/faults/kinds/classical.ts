import type { FaultKind } from "../fault-kind.ts";
import { count, flag, link, nanoseconds, optional, place, probability, process, side, subject } from "../field.ts";

/** All that is named must fit; "*" and what is left out fit everything. */
const messages = {
  subject: subject("a pattern of bus subjects; with it the fault touches the bus alone"),
  from: optional(place("where messages come from")),
  to: optional(place("where messages go")),
};

const [SHORT_NS, LONG_NS] = [10_000, 50_000_000];
const byHost = { family: "classical", appliedBy: "host", services: [] } as const;

export const loss = {
  ...byHost,
  name: "loss",
  summary: "Bus messages get lost.",
  target: messages,
  args: { probability: probability("share of messages lost", [0.01, 0.3]) },
} as const satisfies FaultKind;

export const duplication = {
  ...byHost,
  name: "duplication",
  summary: "A copy follows a bus message.",
  target: messages,
  args: {
    probability: probability("share of messages doubled", [0.01, 0.5]),
    delayNs: nanoseconds("how far behind the copy comes", [SHORT_NS, LONG_NS]),
  },
} as const satisfies FaultKind;

export const delay = {
  ...byHost,
  name: "delay",
  summary: "Messages take longer.",
  target: messages,
  args: {
    ns: nanoseconds("how much longer at least", [SHORT_NS, LONG_NS]),
    jitterNs: nanoseconds("up to how much more, drawn uniformly", [SHORT_NS, LONG_NS]),
  },
} as const satisfies FaultKind;

export const asymmetricDelay = {
  ...byHost,
  name: "asymmetric-delay",
  summary: "Messages between two places take longer one way than the other.",
  target: { from: place("one place"), to: place("the other place") },
  args: {
    forthNs: nanoseconds("how much longer from the one to the other", [SHORT_NS, LONG_NS]),
    backNs: nanoseconds("how much longer the other way", [SHORT_NS, LONG_NS]),
  },
} as const satisfies FaultKind;

export const reorder = {
  ...byHost,
  name: "reorder",
  summary: "A bus message is held back, so that later ones overtake it.",
  target: messages,
  args: {
    probability: probability("share of messages held back", [0.01, 0.5]),
    maxDelayNs: nanoseconds("for how long at most", [SHORT_NS, LONG_NS]),
  },
} as const satisfies FaultKind;

export const partition = {
  ...byHost,
  name: "partition",
  summary: "Nothing classical crosses between two sides; one way, nothing from the first to the second.",
  target: { a: side("the one side"), b: side("the other side") },
  args: { oneWay: flag("what goes from b to a still arrives", false) },
} as const satisfies FaultKind;

export const controlCut = {
  ...byHost,
  name: "control-cut",
  summary: "Nothing classical crosses between a link's ends and its station, while photons still do.",
  target: { link: link("whose control plane is cut") },
  args: {},
} as const satisfies FaultKind;

export const slowConsumer = {
  ...byHost,
  name: "slow-consumer",
  summary: "A process takes bus messages one by one, slowly; what does not fit its queue is lost.",
  target: { process: process("who is slow") },
  args: {
    perMessageNs: nanoseconds("how long each message takes", [SHORT_NS, LONG_NS]),
    pendingMax: count("how many messages may wait", [1, 64]),
  },
} as const satisfies FaultKind;

export const busOutage = {
  ...byHost,
  name: "bus-outage",
  summary: "The processes of a place lose their connection to the bus.",
  target: { place: place("where") },
  args: {},
} as const satisfies FaultKind;
