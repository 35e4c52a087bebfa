import type { Output } from "./command.ts";

const BAR_WIDTH = 30;
/** Where no one can watch a line change, a new one is written this often. */
const NOTE_EVERY_MS = 2_000;

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How far a request has got. */
export interface Progress {
  readonly requested: number;
  readonly delivered: number;
  readonly wallMs: number;
  /** Further words, such as how much time has been emulated. */
  readonly detail: string;
}

/** How far a request has got: one line that changes on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #output: Output;
  readonly #noun: string;
  #shown = false;
  #lastNoteMs = 0;

  /** @param noun what is counted */
  constructor(terminal: Terminal, output: Output, noun = "pairs") {
    this.#terminal = terminal;
    this.#output = output;
    this.#noun = noun;
  }

  show(progress: Progress): void {
    if (this.#terminal.isTTY) {
      this.#terminal.write(`\r${progressText(progress, this.#noun)}\u001b[K`);
      this.#shown = true;
    } else if (progress.wallMs - this.#lastNoteMs >= NOTE_EVERY_MS) {
      this.#lastNoteMs = progress.wallMs;
      this.#output.note(progressText(progress, this.#noun));
    }
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.#terminal.write("\r\u001b[K");
    this.#shown = false;
  }
}

function progressText({ requested, delivered, wallMs, detail }: Progress, noun: string): string {
  const done = requested === 0 ? 1 : Math.min(1, delivered / requested);
  const filled = Math.round(done * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const rate = wallMs > 0 ? Math.round((delivered / wallMs) * 1000) : 0;
  return `${bar} ${delivered} of ${requested} ${noun}, ${detail}, ${rate} ${noun}/s`;
}
