import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { meshUp, type RunningMesh } from "./mesh-up.ts";

/** A client in another language, which knows the proto files alone; see python/request_pairs.py. */

const root = fileURLToPath(new URL("../../", import.meta.url));
const script = fileURLToPath(new URL("python/request_pairs.py", import.meta.url));
/** Debian's packages are those of Debian's own interpreter. */
const python = "/usr/bin/python3";
const PAIRS = 10;

const probe = spawnSync(python, ["-c", "import grpc, google.protobuf"], { encoding: "utf8" });
const missing = probe.status === 0 ? undefined : (probe.error?.message ?? probe.stderr.trim().split("\n").at(-1));
if (missing) console.warn(`skipped: no client in Python here (${missing}); install Debian's python3-grpcio`);

interface Found {
  /** By request, for either end: the number of each pair, and the two bits of its Bell index. */
  readonly any: Ends;
  readonly singlet: Ends;
  readonly refusal: object;
}

interface Ends {
  readonly head: readonly [number, readonly [boolean, boolean]][];
  readonly tail: readonly [number, readonly [boolean, boolean]][];
}

describe.skipIf(missing)("A client in Python, from the proto files alone,", () => {
  let mesh: RunningMesh;
  let scratch = "";
  let found: Found;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "interop-"));
    const contract = join(scratch, "contract.binpb");
    const built = spawnSync(join(root, "node_modules/.bin/buf"), ["build", "-o", contract], { cwd: root });
    expect(built.status, String(built.stderr)).toBe(0);
    mesh = await meshUp("examples/topologies/alice-repeater-bob.yaml");
    const ends = ["alice", "bob"].map((node) => `${node}=${mesh.doorOf(node)}`);
    const given = ["--descriptors", contract, "--head", ends[0] ?? "", "--tail", ends[1] ?? "", "--pairs", `${PAIRS}`];
    const { stdout } = await promisify(execFile)(python, ["-B", script, ...given], { timeout: 300_000 });
    found = JSON.parse(stdout);
  }, 400_000);

  afterAll(async () => {
    await mesh?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }, 60_000);

  test("is given pairs of the same Bell index at both ends", () => {
    expect(found.any.head.map(([number]) => number)).toEqual(Array.from({ length: PAIRS }, (_, index) => index + 1));
    expect(found.any.tail).toEqual(found.any.head);
  });

  test("is given the Bell state it asked for", () => {
    expect(found.singlet.head).toHaveLength(PAIRS);
    for (const end of [found.singlet.head, found.singlet.tail]) {
      for (const [, index] of end) expect(index).toEqual([true, true]);
    }
  });

  test("is refused with a reason it can read", () => {
    expect(found.refusal).toEqual({ code: "NOT_FOUND", reason: "NO_SUCH_NODE", domain: "bellmesh" });
  });
});
