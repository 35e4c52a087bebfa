/** What a network has that faults can befall. */
export interface FaultScope {
  readonly nodes: readonly string[];
  readonly links: readonly FaultyLink[];
  /** Addresses "<service>/<place>". */
  readonly processes: readonly string[];
  /** Communication slots of a node, per link. */
  readonly slotsOf: (node: string) => number;
}

export interface FaultyLink {
  readonly name: string;
  readonly ends: readonly [string, string];
}

/** Places on the classical network: nodes and the stations of links. Nature is none. */
export function placesOf({ nodes, links }: FaultScope): readonly string[] {
  return [...nodes, ...links.map(({ name }) => name)];
}
