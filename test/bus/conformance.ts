import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats } from "@bellmesh/broker";
import fc from "fast-check";
import { NatsClients } from "./buses.ts";
import { differences } from "./oracle.ts";
import { type Operation, program } from "./program.ts";
import { type BusUnderTest, runProgram } from "./run-program.ts";

const SEED = 20_260_321;
/** Programs that run side by side on one NATS, each with clients of its own. */
const TOGETHER = 12;

/** The same programs every time. */
export function programs(count: number): readonly (readonly Operation[])[] {
  return fc.sample(program, { numRuns: count, seed: SEED });
}

/** What a bus got wrong, program by program; empty when it delivers what core NATS promises. */
export async function judged(
  all: readonly (readonly Operation[])[],
  buses: readonly BusUnderTest[],
): Promise<string[]> {
  const wrong: string[] = [];
  let next = 0;
  const worker = async (bus: BusUnderTest) => {
    while (next < all.length) {
      const number = next++;
      const operations = all[number] as readonly Operation[];
      const found = differences(operations, await runProgram(operations, bus, `p${number}`));
      if (found.length > 0) wrong.push(`program ${number}: ${found.join("; ")}`);
    }
  };
  await Promise.all(buses.map(worker));
  return wrong;
}

/** Judges a NATS of this kind, started for it. */
export async function judgedNats(
  kind: "server" | "embedded",
  all: readonly (readonly Operation[])[],
): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "bellmesh-bus-"));
  const user = { user: "test", password: "test", permissions: {} };
  const nats = await startNats({ prefer: kind, users: [user], directory });
  const buses: NatsClients[] = [];
  try {
    for (let bus = 0; bus < TOGETHER; bus++) buses.push(await NatsClients.at(nats.urlFor("test")));
    return await judged(all, buses);
  } finally {
    await Promise.all(buses.map((bus) => bus.close()));
    await nats.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
