import { choosesAlpha, linkModel, type Topology } from "@bellmesh/topology";

/** Nature's lease for a node that is gone, 10 s; and a stream, then a call, that stands still for 5 s each. */
const GIVEN_UP_NS = 20e9;
/** An end frees a half of which it is told nothing after ten times as long as it should take, and a second at least. */
const [LEASE_FACTOR, LEASE_MIN_NS] = [10, 1e9];
/** A request that wants better pairs than usual of a link may have it make them so much more seldom. */
const SELDOM = 10;

/**
 * How long after a delivery, and after the last that could hold a word up, the other end has delivered too, or the
 * delivery is taken back: the other end waits for word for as long as its lease, which is reckoned by the time that
 * the links of the path take for a pair, here by all links there are; before that the lease of nature may pass. Word
 * itself is repeated every 256 ms until it is heard, which is nothing beside these.
 */
export function retractionBoundNs(topology: Topology): number {
  const expectedNs = topology.links.reduce((sum, link) => {
    const { meanPeriodNs, successProbability, messageDelayNs } = linkModel(topology, link);
    const pairNs = (meanPeriodNs / successProbability) * (choosesAlpha(link) ? SELDOM : 1);
    return sum + pairNs + messageDelayNs[0] + messageDelayNs[1];
  }, 0);
  return GIVEN_UP_NS + Math.max(LEASE_MIN_NS, LEASE_FACTOR * expectedNs);
}
