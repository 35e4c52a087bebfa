import type { Operation } from "./program.ts";

/** What core NATS promises for a program (docs.nats.io, "Core NATS"), worked out without a bus. */
export interface Expected {
  /** By subscription: the messages it hears of its own accord, in the order of their publishing. */
  readonly direct: ReadonlyMap<number, readonly string[]>;
  /** Messages of which exactly one of these members hears. */
  readonly grouped: readonly { readonly message: string; readonly members: readonly number[] }[];
  /** By request: who may be the one that answers; nobody at all gives a 503, and an empty list gives nothing. */
  readonly requests: readonly (readonly number[] | "503")[];
}

interface Interest {
  readonly id: number;
  readonly pattern: readonly string[];
  readonly queue: string | undefined;
  readonly answers: boolean;
  max: number;
  heard: number;
  open: boolean;
}

/** The name of the message that an operation publishes: its publisher, and its place in the program. */
export function messageName(client: number, place: number): string {
  return `${client}:${place}`;
}

/** Works a program out. */
export function expectedOf(program: readonly Operation[]): Expected {
  const interests: Interest[] = [];
  const direct = new Map<number, string[]>();
  const grouped: { message: string; members: readonly number[] }[] = [];
  const requests: (readonly number[] | "503")[] = [];
  const publish = (subject: string, message: string): readonly Interest[] => {
    const hearing = interests.filter(({ open, pattern }) => open && fits(pattern, subject.split(".")));
    for (const interest of hearing) {
      if (interest.queue !== undefined) continue;
      direct.get(interest.id)?.push(message);
      interest.heard += 1;
      if (interest.heard >= interest.max) interest.open = false;
    }
    for (const queue of new Set(hearing.flatMap((interest) => interest.queue ?? []))) {
      grouped.push({ message, members: hearing.filter((one) => one.queue === queue).map(({ id }) => id) });
    }
    return hearing;
  };
  for (const [place, operation] of program.entries()) {
    if (operation.do === "publish") {
      publish(operation.subject, messageName(operation.client, place));
    } else if (operation.do === "request") {
      const hearing = publish(operation.subject, messageName(operation.client, place));
      requests.push(hearing.length === 0 ? "503" : hearing.filter(({ answers }) => answers).map(({ id }) => id));
    } else if (operation.do === "subscribe") {
      const { pattern, queue, answers, max = Number.POSITIVE_INFINITY } = operation;
      const id = interests.length;
      interests.push({ id, pattern: pattern.split("."), queue, answers, max, heard: 0, open: true });
      direct.set(id, []);
    } else if (operation.do === "unsubscribe") {
      end(interests[operation.subscription], operation.after);
    }
  }
  return { direct, grouped, requests };
}

/** A member of a group is ended outright: how many messages it has had is chance. */
function end(interest: Interest | undefined, after: number | undefined): void {
  if (interest === undefined) return;
  if (after === undefined || interest.queue !== undefined) interest.open = false;
  else {
    interest.max = after;
    if (interest.heard >= after) interest.open = false;
  }
}

function fits(pattern: readonly string[], subject: readonly string[]): boolean {
  if (pattern.at(-1) === ">") {
    const head = pattern.slice(0, -1);
    return subject.length > head.length && head.every((token, at) => token === "*" || token === subject[at]);
  }
  return pattern.length === subject.length && pattern.every((token, at) => token === "*" || token === subject[at]);
}
