/** The names on the wire: instants, pair ids, subjects. Messages stand under one subpath per area. */

export { mayPublish, publishPatterns } from "./bus-permissions.ts";
export { contractName } from "./contract-name.ts";
export { after, type Instant, instant, SECOND_NS } from "./instant.ts";
export { type PairId, type PairIdParts, pairId, parsePairId } from "./pair-id.ts";
export { type ControlKind, type FeedforwardKind, publisherOf, subjects } from "./subjects.ts";
