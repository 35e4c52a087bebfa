import type { SourceMapping } from "./import-source.ts";

/** A classical channel, or both of a connection. */
export interface ClassicalChannel {
  readonly mapping: SourceMapping;
  readonly between: readonly [string, string];
  readonly delayPs: number;
}

/** How long classical messages take between the nodes of SeQUeNCe. */
export interface ClassicalDelays {
  readonly channels: readonly ClassicalChannel[];
  /** The mean of all channels between two nodes, in either direction; undefined when there is none. */
  meanPs(first: string, second: string): number | undefined;
}

const delay = { unit: "ps", min: -1, max: 1e18, meaning: "one way; -1 is the light time of the distance" } as const;
const distance = { unit: "m", min: -1, max: 1e9, meaning: "length of the channel" } as const;

/** Of SeQUeNCe's classical channels, which is no parameter of its files. */
const LIGHT_M_PER_PS = 2e-4;
const DISTANCE_M = 1000;

/** Reads `cchannels` and `cconnections`. A channel without a delay has the light time of its distance. */
export function classicalDelays(top: SourceMapping): ClassicalDelays {
  const channels = [
    ...top.mappings("cchannels").map((mapping) => channelOf(mapping, "source", "destination")),
    ...top.mappings("cconnections").map((mapping) => channelOf(mapping, "node1", "node2")),
  ];
  return {
    channels,
    meanPs(first, second) {
      const found = channels.filter(({ between }) => between.includes(first) && between.includes(second));
      if (found.length === 0) return undefined;
      return found.reduce((sum, { delayPs }) => sum + delayPs, 0) / found.length;
    },
  };
}

function channelOf(mapping: SourceMapping, from: string, to: string): ClassicalChannel {
  mapping.ignore("name");
  const between = [mapping.text(from, "give the name of a node"), mapping.text(to, "give the name of a node")] as const;
  const given = mapping.number("delay", delay) ?? -1;
  const lengthM = mapping.number("distance", distance) ?? -1;
  const delayPs = given >= 0 ? given : (lengthM >= 0 ? lengthM : DISTANCE_M) / LIGHT_M_PER_PS;
  return { mapping, between, delayPs };
}
