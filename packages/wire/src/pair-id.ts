/**
 * The identity of a link pair: `<link>/<incarnation>/<sequence>`, minted by the link's heralding station.
 * `incarnation` is the station's restart count, `sequence` grows from 1 within it, so an id is never reused.
 */
export type PairId = string;

export interface PairIdParts {
  readonly link: string;
  readonly incarnation: number;
  readonly sequence: number;
}

/** The id of the pair that a station announced with this sequence. */
export function pairId(link: string, incarnation: number, sequence: number): PairId {
  return `${link}/${incarnation}/${sequence}`;
}

/** @returns the parts, or undefined when the text is no pair id. */
export function parsePairId(text: string): PairIdParts | undefined {
  const match = /^([a-z0-9][a-z0-9-]*)\/(\d{1,10})\/(\d{1,16})$/.exec(text);
  if (!match) return undefined;
  return { link: match[1] as string, incarnation: Number(match[2]), sequence: Number(match[3]) };
}
