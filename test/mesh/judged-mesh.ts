import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ask, Mesh, type MeshOptions, type RequestOutcome } from "@bellmesh/emulation";
import type { Address } from "@bellmesh/mesh";
import { objections } from "@bellmesh/simulation";
import { MissPolicy } from "@bellmesh/wire/network-layer";

const READY_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** A mesh of processes for a test, with its ledger and referees; gone when the test is. */
export class JudgedMesh {
  readonly mesh: Mesh;
  readonly #directory: string;

  static async start(options: Omit<MeshOptions, "directory">): Promise<JudgedMesh> {
    const directory = mkdtempSync(join(tmpdir(), "bm-"));
    try {
      const mesh = await Mesh.start({ ...options, directory, compileCache: process.env.NODE_COMPILE_CACHE });
      const judged = new JudgedMesh(mesh, directory);
      await mesh.whenReady(READY_LIMIT_MS).catch(async (error: unknown) => {
        await judged.stop();
        throw error;
      });
      return judged;
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(mesh: Mesh, directory: string) {
    this.mesh = mesh;
    this.#directory = directory;
  }

  /** Asks for pairs between two nodes; what is not said is as simple as can be. */
  request(ask: Pick<Ask, "from" | "to" | "pairs"> & Partial<Ask>, signal?: AbortSignal): Promise<RequestOutcome> {
    const wishes = { minFidelity: undefined, missPolicy: MissPolicy.UNSPECIFIED, graceNs: 0, finalState: undefined };
    return this.mesh.request({ maxTimeNs: 60e9, ...wishes, ...ask }, signal ? { signal } : {});
  }

  /** Waits until a process that ended has started again, and is ready. */
  async back(address: Address, former: number | undefined): Promise<void> {
    await this.until(() => this.mesh.pid(address) !== undefined && this.mesh.pid(address) !== former);
    await this.mesh.whenReady(READY_LIMIT_MS);
  }

  /** Waits for a condition; the limit is generous, for it is not what is tested. */
  async until(condition: () => boolean, limitMs = READY_LIMIT_MS): Promise<void> {
    for (const untilMs = performance.now() + limitMs; !condition(); ) {
      if (performance.now() > untilMs) throw new Error(`not so within ${limitMs / 1000} s: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Once nothing is under way any more: what the referees object to, nothing when they are content and sure of it. */
  async objections(): Promise<readonly string[]> {
    const settled = await this.mesh.settle();
    const [from = "", to = ""] = this.mesh.topology.nodes.map(({ name }) => name);
    const { verdicts } = this.mesh.account({ from, to, atQuiescence: true });
    const found = objections(verdicts).map(({ name, verdict, violations }) => {
      const told = violations.map(({ pair, message }) => `${pair} ${message}`).slice(0, 5);
      return `${name} is ${verdict}: ${told.join("; ")}`;
    });
    if (settled && found.length === 0) return [];
    const { openPairs, late, outstanding, books } = this.mesh.collector;
    const gaps = books.ledger.gaps().length;
    return [`${openPairs} pairs are open, ${late} events late, ${outstanding} outstanding, ${gaps} gaps`, ...found];
  }

  async stop(): Promise<void> {
    await this.mesh.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
