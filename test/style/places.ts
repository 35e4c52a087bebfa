/** Where a file stands, which decides the rules it is under. */

/** Lower ranks know nothing of higher ones, and equal ranks nothing of one another. */
const ranks: readonly (readonly string[])[] = [
  ["numerics", "wire", "broker"],
  ["bell"],
  ["hardware", "joint-state"],
  ["physics"],
  ["topology", "circuit", "mesh"],
  ["feedforward", "process"],
  ["services"],
  ["simulation"],
  ["emulation"],
  ["cli"],
];

/** Folders of `packages/`, known to the table above. */
export const rankedPackages: ReadonlySet<string> = new Set(ranks.flat());

/** The rank of a folder of `packages/`, or of any service; undefined when the table does not know it. */
export function rankOf(folder: string): number | undefined {
  const rank = ranks.findIndex((folders) => folders.includes(folder));
  return rank < 0 ? undefined : rank;
}

/** `packages/bell/src/x.ts` is in folder `bell` of `packages`. */
export function home(path: string): { area: string; folder: string } | undefined {
  const match = /^(packages|services)\/([^/]+)\//.exec(path);
  return match ? { area: match[1] as string, folder: match[2] as string } : undefined;
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || path.startsWith("test/");
}

export function isTypeScript(path: string): boolean {
  return path.endsWith(".ts");
}

/** TypeScript of `packages/` and `services/` that runs outside tests. */
export function isProduct(path: string): boolean {
  return isTypeScript(path) && home(path) !== undefined && !isTest(path) && !path.includes("/bench/");
}

/** A service's step machines: all of it but where it meets the process. */
export function isMachine(path: string): boolean {
  return isProduct(path) && /^services\/[^/]+\/src\//.test(path) && !/\/(?:main|config)\.ts$/.test(path);
}
