import {
  type AccountQuery,
  askSupervisor,
  connectionTo,
  type MeshAccount,
  meshReport,
  requestPairs,
} from "@bellmesh/emulation";
import { askGiven, askOptions } from "./ask-options.ts";
import type { Command } from "./command.ts";
import { faultsGiven, faultsOption } from "./faults-option.ts";
import { clearFaults, injectFaults, refuseFaults } from "./inject-faults.ts";
import { givenMesh, nameOption } from "./mesh-option.ts";
import { RequestProgressLine } from "./request-progress.ts";
import { showReport } from "./show-report.ts";

/** `bellmesh request`: pairs of a running mesh. */
export const request: Command = {
  name: "request",
  summary: "ask for pairs on a running mesh",
  description:
    "Asks a mesh that bellmesh up has started for entangled pairs between two nodes, and waits until they are\n" +
    "delivered and nothing of the request is under way any more. The ledger, and what the referees say of it, are\n" +
    "of the mesh's whole run. Exit code 1 when fewer pairs were delivered than asked, when a referee found a\n" +
    "violation, or when the request, or the faults of --faults, were refused. Faults need a mesh that was started\n" +
    "with --allow-faults; their instants count from the request on, and when it has ended the mesh is cleared of them.",
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
    const { tomography, ...ask } = askGiven(given, connection.topology);
    const account = (query: AccountQuery) =>
      askSupervisor<MeshAccount>(connection.control, `/account?of=${encodeURIComponent(JSON.stringify(query))}`);
    const { from, to } = ask;
    const faults = faultsGiven(given, connection.topology);
    const before = await account({ from, to, atQuiescence: false });
    const injected = await injectFaults(connection, faults);
    if ("refusal" in injected) return refuseFaults(given, output, injected);
    output.note(`asking for ${ask.pairs} pairs from ${from} to ${to} of ${connection.topology.name}`);
    const progress = new RequestProgressLine(output);
    const outcome = await requestPairs(connection, ask, {
      onProgress: (now) => progress.show(now),
      tomography,
    }).finally(async () => {
      progress.clear();
      await clearFaults(connection, injected);
    });
    const atQuiescence = await askSupervisor<boolean>(connection.control, "/settle");
    const after = await account({ from, to, atQuiescence });
    return showReport(meshReport({ connection, ask, outcome, before, after }), given, output);
  },
};
