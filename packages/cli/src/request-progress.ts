import type { RequestProgress } from "@bellmesh/emulation";
import type { Output } from "./command.ts";
import { ProgressLine } from "./progress-line.ts";

/** How far a request on a mesh has got. */
export class RequestProgressLine {
  readonly #line: ProgressLine;

  constructor(output: Output) {
    this.#line = new ProgressLine(process.stderr, output);
  }

  show({ meshNs, ...progress }: RequestProgress): void {
    this.#line.show({ ...progress, detail: `${(meshNs / 1e9).toFixed(1)} s of mesh time` });
  }

  /** Takes the line away. */
  clear(): void {
    this.#line.clear();
  }
}
