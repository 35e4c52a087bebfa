import type { Operation } from "./program.ts";

/** What was heard while a program ran. */
export interface Heard {
  /** By subscription, in the order of hearing. */
  readonly messages: ReadonlyMap<number, readonly string[]>;
  /** By request: who answered, or "503"; empty when nobody did. */
  readonly answers: readonly (readonly string[])[];
  /** Messages that came with other headers than they were sent with. */
  readonly garbled: readonly string[];
}

interface Interest {
  readonly id: number;
  readonly pattern: readonly string[];
  readonly queue: string | undefined;
  readonly answers: boolean;
  max: number;
  /** What it should have heard. */
  readonly due: string[];
  open: boolean;
}

/** The name of the message that an operation publishes: its publisher, and its place in the program. */
export function messageName(client: number, place: number): string {
  return `${client}:${place}`;
}

/**
 * Everything in which what was heard is not what core NATS promises (docs.nats.io, "Core NATS") for a program, for
 * people; empty when nothing is. Which member of a group gets a message is chance: the oracle looks at who had it.
 */
export function differences(program: readonly Operation[], heard: Heard): string[] {
  const found = heard.garbled.map((name) => `${name} came with other headers`);
  const interests: Interest[] = [];
  let requests = 0;
  for (const [place, operation] of program.entries()) {
    if (operation.do === "subscribe") {
      const { pattern, queue, answers, max = Number.POSITIVE_INFINITY } = operation;
      interests.push({ id: interests.length, pattern: pattern.split("."), queue, answers, max, due: [], open: true });
    } else if (operation.do === "unsubscribe") {
      end(interests[operation.subscription], operation.after);
    } else if (operation.do === "publish" || operation.do === "request") {
      const message = messageName(operation.client, place);
      const open = interests.filter(({ open, pattern }) => open && fits(pattern, operation.subject.split(".")));
      const hearers = [
        ...open.filter(({ queue }) => queue === undefined),
        ...picked(message, open, heard, (problem) => found.push(problem)),
      ];
      for (const hearer of hearers) hear(hearer, message);
      if (operation.do === "publish") continue;
      const right = open.length === 0 ? ["503"] : hearers.filter(({ answers }) => answers).map(({ id }) => String(id));
      const had = heard.answers[requests] ?? [];
      const isRight = right.length === 0 ? had.length === 0 : had.length === 1 && right.includes(had[0] as string);
      if (!isRight) found.push(`request ${requests} had ${JSON.stringify(had)}, not one of ${JSON.stringify(right)}`);
      requests += 1;
    }
  }
  return [...found, ...interests.flatMap((interest) => misheard(interest, heard.messages.get(interest.id) ?? []))];
}

/** Of each group the one member who had the message. */
function picked(
  message: string,
  open: readonly Interest[],
  heard: Heard,
  complain: (problem: string) => void,
): Interest[] {
  const groups = new Set(open.flatMap(({ queue }) => queue ?? []));
  return [...groups].flatMap((group) => {
    const members = open.filter(({ queue }) => queue === group);
    const had = members.filter(({ id }) => heard.messages.get(id)?.includes(message));
    if (had.length !== 1) {
      complain(`${message} was heard by ${had.length} of the group ${members.map(({ id }) => id)}`);
    }
    return had;
  });
}

/** A publisher's messages come in the order of their publishing; between publishers there is none. */
function misheard({ id, due }: Interest, ours: readonly string[]): string[] {
  const publishers = new Set([...due, ...ours].map((name) => name.split(":")[0]));
  return [...publishers].flatMap((publisher) => {
    const of = (names: readonly string[]) => names.filter((name) => name.startsWith(`${publisher}:`)).join(" ");
    return of(due) === of(ours) ? [] : [`subscription ${id} heard ${of(ours)}, not ${of(due)}`];
  });
}

function hear(interest: Interest, message: string): void {
  interest.due.push(message);
  if (interest.due.length >= interest.max) interest.open = false;
}

function end(interest: Interest | undefined, after: number | undefined): void {
  if (interest === undefined) return;
  interest.max = after ?? 0;
  if (interest.due.length >= interest.max) interest.open = false;
}

function fits(pattern: readonly string[], subject: readonly string[]): boolean {
  if (pattern.at(-1) === ">") {
    const head = pattern.slice(0, -1);
    return subject.length > head.length && head.every((token, at) => token === "*" || token === subject[at]);
  }
  return pattern.length === subject.length && pattern.every((token, at) => token === "*" || token === subject[at]);
}
