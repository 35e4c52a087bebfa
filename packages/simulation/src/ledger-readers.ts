import type { LedgerEvent } from "@bellmesh/wire/ledger";

type Event = NonNullable<LedgerEvent["event"]>;
type Case = Event["$case"];
type Said<Of extends Case> =
  Extract<Event, { readonly $case: Of }> extends infer Found ? Found[Of & keyof Found] : never;

/** What somebody does with what an event says, by its case, and with the event that says so. */
export type Readings = { readonly [Of in Case]?: (said: Said<Of>, told: LedgerEvent) => void };

/** Who reads a ledger event by event. */
export interface LedgerReader {
  /** Of other events it is told nothing. */
  readonly reads: Readings;
  /** Told of every event, before its case is read. */
  readonly hears?: (told: LedgerEvent) => void;
}

type Reading = (said: unknown, told: LedgerEvent) => void;

/** All who read one ledger: each event is told to those alone whom it concerns. */
export class LedgerReaders {
  readonly #hearing: readonly ((told: LedgerEvent) => void)[];
  readonly #byCase = new Map<string, Reading[]>();

  constructor(readers: readonly LedgerReader[]) {
    this.#hearing = readers.flatMap(({ hears }) => hears ?? []);
    for (const { reads } of readers) {
      for (const [of, reading] of Object.entries(reads) as [Case, Reading][]) {
        const readings = this.#byCase.get(of);
        if (readings) readings.push(reading);
        else this.#byCase.set(of, [reading]);
      }
    }
  }

  read(told: LedgerEvent): void {
    for (const hear of this.#hearing) hear(told);
    const { event } = told;
    const readings = event && this.#byCase.get(event.$case);
    if (!readings) return;
    const said = (event as Readonly<Record<string, unknown>>)[event.$case];
    for (const reading of readings) reading(said, told);
  }
}
