const CHANGES = /\+changes(?:\.[0-9a-f]+)?$/;

/**
 * What to do to have the sources of a bundle, where these are others.
 * @param wanted of the bundle, as `commit` says it
 * @param here of this program
 */
export function sourcesAdvice(wanted: string, here: string): string {
  const base = wanted.replace(CHANGES, "");
  if (base === "unknown") return "give --any-commit: they stood in no repository";
  if (wanted !== base) {
    return `git checkout ${base} and make the changes again that were not committed, or give --any-commit`;
  }
  if (here !== base && here.replace(CHANGES, "") === base) {
    return "git stash, which puts your changes away, or give --any-commit";
  }
  return `git checkout ${base}, or give --any-commit`;
}
