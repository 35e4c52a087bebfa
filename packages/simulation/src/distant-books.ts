import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { BooksOptions, Conclusion } from "./books.ts";
import { DistantReadership } from "./distant-readership.ts";
import { Ledger } from "./ledger.ts";

/** Books whose ledger is read on another thread: who enters an event waits until it is encoded and no longer. */
export class DistantBooks {
  readonly #ledger: Ledger;
  readonly #readership: DistantReadership;

  constructor({ header, topology, file }: BooksOptions) {
    const onBlock = (block: Uint8Array<ArrayBuffer>) => this.#readership.read(block);
    this.#ledger = new Ledger({ header, ...(file !== undefined && { file }), onBlock });
    this.#readership = new DistantReadership(topology);
  }

  /** Enters an event, behind everything that may have led to it; false when it was there already. */
  enter(event: LedgerEvent): boolean {
    return this.#ledger.append(event);
  }

  /**
   * Whether a referee would object if this were the end.
   * @throws Error when the other thread has failed
   */
  isOpen(): boolean {
    this.#ledger.flush();
    return this.#readership.isOpen();
  }

  /**
   * Closes the books, and says what they come to.
   * @throws Error when the other thread has failed
   */
  conclude(atQuiescence: boolean): Conclusion {
    this.#ledger.close();
    const ledger = { events: this.#ledger.events, sha256: this.#ledger.sha256() };
    const findings = this.#readership.findings(atQuiescence, this.#ledger.gaps().length === 0);
    this.close();
    return { ledger, ...findings };
  }

  close(): void {
    this.#ledger.close();
    this.#readership.end();
  }
}
