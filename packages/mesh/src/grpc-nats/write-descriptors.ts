/**
 * Writes descriptors.binpb, which reflection serves: run it with node after every change of a proto file. The
 * contract's own files are compiled as they are; those of health checks and reflection come with grpc-node.
 */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = new URL("../../../../", import.meta.url).pathname;
const committed = new URL("./descriptors.binpb", import.meta.url).pathname;

/** Where grpc-node keeps the files of the gRPC project, and by which names others import them. */
const foreign = {
  "grpc/health/v1/health.proto": "grpc-health-check/proto/health/v1/health.proto",
  "grpc/reflection/v1/reflection.proto": "@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto",
  "grpc/reflection/v1alpha/reflection.proto": "@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto",
};

/** Compiles everything that reflection describes into one descriptor set, at this path. */
export function writeDescriptors(path: string): void {
  const scratch = mkdtempSync(join(tmpdir(), "descriptors-"));
  try {
    cpSync(join(root, "proto/bellmesh"), join(scratch, "bellmesh"), { recursive: true });
    for (const [name, source] of Object.entries(foreign)) {
      mkdirSync(dirname(join(scratch, name)), { recursive: true });
      cpSync(join(root, "node_modules", source), join(scratch, name));
    }
    const buf = join(root, "node_modules/.bin/buf");
    const args = ["build", scratch, "--exclude-source-info", "-o", path];
    const run = spawnSync(buf, args, { cwd: scratch, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`buf build failed: ${run.error ?? `${run.stdout}${run.stderr}`}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The descriptor set that is committed. */
export function committedDescriptors(): Uint8Array {
  return readFileSync(committed);
}

if (import.meta.main) writeDescriptors(committed);
