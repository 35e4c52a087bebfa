interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Text of several lines that is written anew in its place, where there is a terminal to do it on. */
export class LiveText {
  readonly #terminal: Terminal;
  #lines = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get isLive(): boolean {
    return this.#terminal.isTTY === true;
  }

  show(text: string): void {
    const { columns, rows } = this.#terminal;
    const [width, height] = [columns || 80, rows || 24];
    // What does not fit could not be taken back.
    const lines = text
      .split("\n")
      .slice(0, height - 1)
      .map((line) => [...line].slice(0, width - 1).join(""));
    const back = this.#lines > 0 ? `\u001b[${this.#lines}A\r\u001b[J` : "";
    this.#terminal.write(`${back}${lines.join("\n")}\n`);
    this.#lines = lines.length;
  }
}
