import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import { deployment } from "@bellmesh/topology";
import { JudgedMesh } from "./judged-mesh.ts";

/** What is done to a mesh, and for how long. */
export interface RandomFaults {
  /** A file or a preset; pairs are asked for between its first and its last node. */
  readonly topology: string;
  readonly seed: number;
  readonly seconds: number;
  readonly everySeconds: number;
  readonly note?: (text: string) => void;
  /** Where to write the ledger, for whoever wants to know more than the referees say. */
  readonly ledgerFile?: string | undefined;
}

/** What came of it. */
export interface RandomFaultsReport {
  readonly delivered: number;
  /** How the requests ended, and how many so. */
  readonly ended: Readonly<Record<string, number>>;
  /** What the referees object to, and what was not as before in peace. */
  readonly wrong: readonly string[];
}

const PAIRS = 40;
const PAUSES_S = [1, 3, 8];
const NATS_AWAY_MS = 1500;
const READY_LIMIT_MS = 60_000;

/** One random kill or pause after the other while pairs are asked for, then peace, and the referees' word. */
export async function randomFaults(faults: RandomFaults): Promise<RandomFaultsReport> {
  const { topology, seed, ledgerFile } = faults;
  const judged = await JudgedMesh.start({ topology, seed, ...(ledgerFile !== undefined && { ledgerFile }) });
  try {
    const requests = new Requests(judged);
    const asking = requests.untilStopped();
    await strike(judged, faults);
    await judged.mesh.whenReady(READY_LIMIT_MS);
    requests.stop();
    await asking;
    const { table } = await requests.ask();
    const wrong = [...(await judged.objections())];
    if (table.delivered !== PAIRS) wrong.push(`in peace, ${table.delivered} of ${PAIRS} pairs: ${table.message}`);
    return { delivered: requests.delivered, ended: requests.ended, wrong };
  } finally {
    await judged.stop();
  }
}

async function strike(judged: JudgedMesh, { seed, seconds, everySeconds, note }: RandomFaults): Promise<void> {
  const { mesh } = judged;
  const chance = new SeededEntropy(seed).stream("random faults");
  const pick = <T>(of: readonly T[]): T => of[Math.floor(chance.uniform() * of.length)] as T;
  const targets: (Address | "nats")[] = [...deployment(mesh.topology).map(({ address }) => address), "nats"];
  for (let second = 0; second < seconds; second += everySeconds) {
    const target = pick(targets);
    const isKill = target === "nats" || chance.uniform() < 0.5;
    const pauseS = pick(PAUSES_S);
    note?.(`${second} s: ${isKill ? "kill" : `pause for ${pauseS} s`} ${target}`);
    const began = performance.now();
    if (target === "nats") {
      await mesh.nats.takeAway();
      await sleep(NATS_AWAY_MS);
      await mesh.nats.restore();
    } else if (isKill) {
      mesh.kill(target);
    } else {
      mesh.pause(target);
      await sleep(pauseS * 1000);
      mesh.resume(target);
    }
    await sleep(Math.max(0, everySeconds * 1000 - (performance.now() - began)));
  }
}

/** One request after the other between the first and the last node. */
class Requests {
  readonly ended: Record<string, number> = {};
  delivered = 0;
  readonly #judged: JudgedMesh;
  #wanted = true;

  constructor(judged: JudgedMesh) {
    this.#judged = judged;
  }

  stop(): void {
    this.#wanted = false;
  }

  async untilStopped(): Promise<void> {
    while (this.#wanted) {
      const { table } = await this.ask();
      const how = table.ended ?? "unanswered";
      this.ended[how] = (this.ended[how] ?? 0) + 1;
      this.delivered += table.delivered;
      // A request that is refused at once is not worth repeating at once.
      if (how !== "complete") await sleep(200);
    }
  }

  ask() {
    const { nodes } = this.#judged.mesh.topology;
    const [from, to] = [nodes[0]?.name ?? "", nodes.at(-1)?.name ?? ""];
    return this.#judged.request({ from, to, pairs: PAIRS });
  }
}
