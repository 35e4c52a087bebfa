import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { findNatsServer } from "./find-nats-server.ts";

const directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("the first nats-server on the path that can be run is taken", () => {
  const [readable, runnable, later] = ["1", "2", "3"].map((name) => {
    const place = join(directory, name);
    mkdirSync(place);
    writeFileSync(join(place, "nats-server"), "#!/bin/sh\n");
    return place;
  }) as [string, string, string];
  for (const place of [runnable, later]) chmodSync(join(place, "nats-server"), 0o755);
  chmodSync(join(readable, "nats-server"), 0o644);
  const path = ["", join(directory, "missing"), readable, runnable, later].join(delimiter);
  expect(findNatsServer(path)).toBe(join(runnable, "nats-server"));
});

test("where there is none on the path, the usual places are looked at", () => {
  expect(findNatsServer(undefined)).toBe(findNatsServer(""));
});
