/** The link of a pair, whose id begins with it. That an id is none is ids-unique's affair. */
export function linkOf(pair: string): string {
  const slash = pair.indexOf("/");
  return slash < 0 ? pair : pair.slice(0, slash);
}
