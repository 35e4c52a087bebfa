#!/usr/bin/env node
/**
 * Starts the `bellmesh` command on a Node that can run it. The sources are TypeScript and need Node 22.18 or later;
 * the pinned Node 24 comes as an optional dependency, so an older system Node is enough to get here.
 * This file itself must run on Node 20.
 */
import { spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants as os } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = new URL("../src/main.ts", import.meta.url);
const pinned = pinnedNode();

if (pinned !== undefined && pinned.version !== process.version) handOver(pinned.path);
else if (runsTypeScript()) await import(main.href);
else refuse();

/** The Node of the optional dependency, when it was installed for this machine. */
function pinnedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const path = join(dirname(manifest), "bin", "node");
    accessSync(path, constants.X_OK);
    return { path, version: `v${JSON.parse(readFileSync(manifest, "utf8")).version}` };
  } catch {
    return undefined; // Not installed, or not for this platform: the running Node may do.
  }
}

function runsTypeScript() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function refuse() {
  process.stderr.write(
    `bellmesh needs Node 22.18 or later and this is ${process.version}; ` +
      "run npm ci with optional dependencies, which brings Node 24 on Linux, or install a newer Node\n",
  );
  process.exitCode = 1;
}

/** Runs the command in a child that has our standard streams, gets our signals, and gives us its end. */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit" });
  const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"];
  for (const signal of forwarded) process.on(signal, () => forward(child, signal));
  child.on("error", (error) => {
    process.stderr.write(`bellmesh cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // A signal that does not end us, because it is ignored here, must still give the shell's code for it.
    process.exitCode = 128 + os.signals[signal];
  });
}

/** A terminal sends Ctrl-C and Ctrl-\ to the child itself; a second one would mean "at once". */
function forward(child, signal) {
  const fromTerminal = process.stdin.isTTY && (signal === "SIGINT" || signal === "SIGQUIT");
  if (!fromTerminal) child.kill(signal);
}
