/** Answers to requests go to subjects of the asker's own making, which nobody else can guess. */
const INBOXES = "_INBOX.>";

/**
 * What a place may publish on the bus: subjects with its own token first, and answers. The collector is a place of that
 * name; whoever only looks on has a name of its own too, under which nobody listens.
 */
export function publishPatterns(network: string, place: string): readonly string[] {
  return [`bellmesh.v1.${network}.*.${place}.>`, INBOXES];
}

/** Whether a place may publish on a subject: the same rule as `publishPatterns`, for the publisher's own check. */
export function mayPublish(network: string, place: string, subject: string): boolean {
  const [product, version, ofNetwork, plane, from, ...rest] = subject.split(".");
  if (product === "_INBOX") return version !== undefined;
  const isOurs = product === "bellmesh" && version === "v1" && ofNetwork === network && plane !== "";
  return isOurs && from === place && rest.length > 0;
}
