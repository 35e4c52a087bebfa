import { commands } from "./commands.ts";
import { runCommand } from "./run-command.ts";

// A reader such as `head` that has seen enough closes the pipe; that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

process.exitCode = await runCommand(commands, process.argv.slice(2), {
  result: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
});
