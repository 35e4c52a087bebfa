import {
  type AccountQuery,
  askSupervisor,
  connectionTo,
  type MeshAccount,
  meshReport,
  requestPairs,
} from "@bellmesh/emulation";
import type { Arguments } from "./arguments.ts";
import { askGiven, askOptions } from "./ask-options.ts";
import type { Command } from "./command.ts";
import { type FaultTally, faultTally } from "./fault-tally.ts";
import { faultsGiven, faultsOption } from "./faults-option.ts";
import { clearFaults, type InjectedFault, injectFaults, refuseFaults } from "./inject-faults.ts";
import { givenMesh, nameOption } from "./mesh-option.ts";
import { RequestProgressLine } from "./request-progress.ts";
import { showReport } from "./show-report.ts";
import { StopSignals } from "./stop-signals.ts";

/** Given to a mesh for coming to rest once this is to stop: whoever has stopped it waits. */
const SETTLE_STOPPED_MS = 5_000;

/** `bellmesh request`: pairs of a running mesh. */
export const request: Command = {
  name: "request",
  summary: "ask for pairs on a running mesh",
  description:
    "Asks a mesh that bellmesh up has started for entangled pairs between two nodes, and waits until they are\n" +
    "delivered and nothing of the request is under way any more. The ledger, and what the referees say of it, are\n" +
    "of the mesh's whole run. Exit code 1 when fewer pairs were delivered than asked, when a referee found a\n" +
    "violation or could not see all that its rule is about, or when the request, or the faults of --faults, were\n" +
    "refused. A rule that only faults kept from being judged, where claims may be untrue meanwhile, is told (in\n" +
    "JSON in ledger.unknown and ledger.excused), and is no reason for it. Ctrl-C, or SIGTERM, withdraws the\n" +
    "request and shows what came of it until then, with the rest failed as withdrawn; a second one ends the command\n" +
    "at once, with exit code 130, and leaves on the mesh what is there. Faults need a mesh that was started with\n" +
    "--allow-faults; their instants count from the request on, and when it has ended, was withdrawn or has failed,\n" +
    "the mesh is cleared of them.",
  positionals: [],
  options: { ...askOptions, faults: faultsOption, name: nameOption },
  examples: [
    "bellmesh request --from alice --to bob --pairs 100",
    "bellmesh request --name lab --pairs 20 --min-fidelity 0.8 --max-time 60000 --json",
    "bellmesh request --from alice --to bob --tomography 900",
    "bellmesh request --name lab --pairs 500 --faults examples/faults/bad-day.yaml",
  ],
  async run(given, output) {
    const connection = connectionTo(givenMesh(given));
    const { topology, control } = connection;
    const { tomography, ...ask } = askGiven(given, topology);
    const account = (query: AccountQuery) =>
      askSupervisor<MeshAccount>(control, `/account?of=${encodeURIComponent(JSON.stringify(query))}`);
    const { from, to } = ask;
    const faults = faultsGiven(given, topology);
    const before = await account({ from, to, atQuiescence: false });
    const signals = new StopSignals();
    try {
      const injected = await injectFaults(connection, faults);
      if ("refusal" in injected) return refuseFaults(given, output, injected);
      output.note(`asking for ${ask.pairs} pairs from ${from} to ${to} of ${topology.name}`);
      const progress = new RequestProgressLine(output);
      const cleared = once(() => clearFaults(connection, injected));
      const outcome = await requestPairs(connection, ask, {
        onProgress: (now) => (signals.isStopped ? undefined : progress.show(now)),
        withdrawal: withdrawalOf(signals, (signal) => {
          progress.clear();
          output.note(`bellmesh: ${signal}: the request is withdrawn; a second signal ends this at once`);
          return cleared();
        }),
        tomography,
      }).finally(() => {
        progress.clear();
        return cleared();
      });
      const after = await account({ from, to, atQuiescence: await settled(control, signals) });
      const report = meshReport({ connection, ask, outcome, before, after });
      return showReport(report, given, output, tallyOf(given, injected, outcome.endedAtNs));
    } finally {
      signals.release();
    }
  },
};

/**
 * Aborts when this is to stop: then the request is withdrawn. The faults are cleared first, for a node that stands
 * still by one of them hears of no withdrawal.
 */
function withdrawalOf(signals: StopSignals, cleared: (signal: string) => Promise<void>): AbortSignal {
  const withdrawal = new AbortController();
  const withdraw = () => withdrawal.abort();
  // That the mesh could not be cleared is told at the end.
  void signals.stopped.then(cleared).then(withdraw, withdraw);
  return withdrawal.signal;
}

/** Whether nothing is under way any more; not waited for for long once this is to stop. */
async function settled(control: string, signals: StopSignals): Promise<boolean> {
  const limit = new AbortController();
  void signals.stopped.then(() => setTimeout(() => limit.abort(), SETTLE_STOPPED_MS).unref());
  try {
    return await askSupervisor<boolean>(control, "/settle", limit.signal);
  } catch (error) {
    if (limit.signal.aborted) return false;
    throw error;
  }
}

function tallyOf(given: Arguments, injected: readonly InjectedFault[], endNs: number): FaultTally | undefined {
  if (!given.has("faults")) return undefined;
  return faultTally(
    injected.map(({ entry }) => entry),
    endNs,
  );
}

/** Does a thing when it is first asked for, and answers with that ever after. */
function once(deed: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= deed();
    return done;
  };
}
