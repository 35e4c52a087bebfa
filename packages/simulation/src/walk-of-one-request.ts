/**
 * Writes docs/walk-of-one-request.md: what happened to one request, told by the messages and the ledger of a real run.
 * `npm run walk` writes it; with `--check` it only compares, and exits 1 when the page is not what the run tells.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadTopology } from "@bellmesh/topology";
import { observedRequest } from "./observed-request.ts";
import { sourceOf, walkPage } from "./walk-page.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = `${root}docs/walk-of-one-request.md`;
const file = "examples/topologies/alice-repeater-bob.yaml";
const seed = 3;

const topology = loadTopology(`${root}${file}`);
const happenings = observedRequest(topology, "alice", "bob", seed);
for (const happening of happenings) {
  const source = sourceOf(topology, happening);
  if (!existsSync(`${root}${source}`)) throw new Error(`the walk points to ${source}, which is not there`);
  // An event's kind stands in the file that writes it.
  const kind = "event" in happening ? happening.event.event?.$case : undefined;
  if (kind && !readFileSync(`${root}${source}`, "utf8").includes(`"${kind}"`)) {
    throw new Error(`the walk says that ${source} writes ${kind}, and it does not`);
  }
}
const fresh = walkPage({ topology, file, seed, happenings });
if (process.argv.includes("--check")) {
  if (readFileSync(page, "utf8") !== fresh) {
    process.stderr.write("docs/walk-of-one-request.md is not what the run tells; write it with npm run walk\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, fresh);
}
