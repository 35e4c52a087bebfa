/** A number of the imported network, and what it was made of. */
export interface Imported {
  /** In the unit of the field of the topology file that it becomes. */
  readonly value: number;
  /** What stood in the source, and how it was converted; a comment of the topology file. */
  readonly from: string;
}

export type ImportedFields = Readonly<Record<string, Imported>>;

/** A node of the source as the topology file will have it. */
export interface ImportedNode {
  readonly name: string;
  /** Where the source has it, and under which name. */
  readonly from: string;
  readonly memory: ImportedFields;
  readonly gates: ImportedFields;
  readonly readout: ImportedFields;
}

/** A link of the source as the topology file will have it. */
export interface ImportedLink {
  readonly name: string;
  readonly between: readonly [string, string];
  readonly from: string;
  /** Fibre from each end to the station, in the order of `between`. */
  readonly armsKm: readonly [Imported, Imported];
  readonly attenuationDbPerKm: Imported;
  /** The scheme and other fields that are words. */
  readonly words: Readonly<Record<string, string>>;
  readonly heralding: ImportedFields;
}

/** A network read from another tool's file, in the conventions of the topology file. */
export interface ImportedNetwork {
  /** The tool whose file it was, as a reader would call it. */
  readonly tool: string;
  readonly name: string;
  readonly fibreSpeedKmPerS: Imported;
  readonly cutoffMs: Imported | undefined;
  readonly nodes: readonly ImportedNode[];
  readonly links: readonly ImportedLink[];
  /** How the tool's conventions became those of the topology file, a sentence each. */
  readonly conventions: readonly string[];
}

/** Something of the source that the topology file does not say, or says otherwise. */
export interface ImportWarning {
  /** The place in the source, such as `links[0].cfg.num_resolving`. */
  readonly path: string;
  readonly line: number | undefined;
  readonly message: string;
}
