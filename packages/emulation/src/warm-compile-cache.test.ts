import { expect, test } from "vitest";
import { RunDirectory } from "./run-directory.ts";
import { compileCacheOf } from "./warm-compile-cache.ts";

const directory = new RunDirectory("/run/user/1000/bellmesh", "line");

test("What is compiled for a mesh is kept for all meshes of a user", () => {
  expect(compileCacheOf(directory, undefined)).toBe("/run/user/1000/bellmesh/.compile-cache");
  expect(compileCacheOf(directory, "")).toBe("/run/user/1000/bellmesh/.compile-cache");
});

test("What is compiled for a mesh is kept where NODE_COMPILE_CACHE says", () => {
  expect(compileCacheOf(directory, "/var/cache/node")).toBe("/var/cache/node/mesh");
});
