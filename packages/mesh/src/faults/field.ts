import { type EntropyStream, exp, log } from "@bellmesh/numerics";
import { Wrong } from "./fault-error.ts";
import { type FaultScope, placesOf } from "./fault-scope.ts";

/** One field of a fault's target or arguments: how it is read from data, and how it is drawn at random. */
export interface Field<T> {
  /** What it means, for people. */
  readonly summary: string;
  /** What it is: "probability", "ns", "node" and so on. */
  readonly form: string;
  /** May be left out. */
  readonly optional?: true;
  /** What it is when it is left out; an entry that was read always has it. */
  readonly byDefault?: T;
  read(value: unknown, scope: FaultScope): T | Wrong;
  /** @param drawn the fields of the same record that were drawn before this one */
  draw(chance: EntropyStream, scope: FaultScope, drawn: Readonly<Record<string, unknown>>): T | undefined;
}

/** A table of fields of any types. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;

/** The data that a table of fields describes. */
export type Values<F extends Fields> = {
  readonly [K in keyof F as F[K] extends { readonly optional: true } ? never : K]: ValueOf<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends { readonly optional: true } ? K : never]?: ValueOf<F[K]>;
};

/** The longest time that is told to the nanosecond, as a message names it. */
export const NS_MAX_TEXT = `${Number.MAX_SAFE_INTEGER} (some 2501 h)`;
const SIGNED_NS = `whole nanoseconds, at most ${NS_MAX_TEXT} either way`;

type Range = readonly [number, number];

/** A number from 0 to 1. @param drawn between which it is drawn */
export function probability(summary: string, drawn: Range): Field<number> {
  return numeric("probability", summary, drawn, (value) => value >= 0 && value <= 1, "a number from 0 to 1");
}

/** Whole nanoseconds, from 0. Drawn so that every order of magnitude is as likely. */
export function nanoseconds(summary: string, drawn: Range): Field<number> {
  const field = numeric("ns", summary, drawn, isWholeFrom0, `whole nanoseconds from 0 to ${NS_MAX_TEXT}`);
  return { ...field, draw: (chance) => Math.round(logarithmic(chance, drawn)) };
}

/** A whole number of nanoseconds that may be negative. */
export function signedNanoseconds(summary: string, drawn: Range): Field<number> {
  const field = numeric("ns, signed", summary, drawn, Number.isSafeInteger, SIGNED_NS);
  return { ...field, draw: (chance) => (chance.uniform() < 0.5 ? -1 : 1) * Math.round(logarithmic(chance, drawn)) };
}

/** A whole number from 0. */
export function count(summary: string, drawn: Range): Field<number> {
  const field = numeric("count", summary, drawn, isWholeFrom0, "a whole number from 0");
  return { ...field, draw: (chance) => Math.floor(between(chance, [drawn[0], drawn[1] + 1])) };
}

/** A number within bounds. */
export function number(form: string, summary: string, [min, max]: Range, drawn: Range): Field<number> {
  return numeric(form, summary, drawn, (value) => value >= min && value <= max, `a number from ${min} to ${max}`);
}

/** True or false. @param byDefault what it is when it is left out; it has to be given where there is none */
export function flag(summary: string, byDefault?: boolean): Field<boolean> {
  return {
    summary,
    form: "true or false",
    ...(byDefault !== undefined && { byDefault }),
    read: (value) =>
      typeof value === "boolean" ? value : new Wrong(`${shown(value)} is neither`, "give true or false"),
    draw: (chance) => chance.uniform() < 0.5,
  };
}

/** A node of the network. */
export function node(summary: string): Field<string> {
  return name("node", summary, ({ nodes }) => nodes);
}

/** A link of the network. */
export function link(summary: string): Field<string> {
  return name("link", summary, ({ links }) => links.map((one) => one.name));
}

/** A node that the link drawn before it, or read with it, has as an end. */
export function endOfLink(summary: string): Field<string> {
  return {
    ...node(summary),
    draw: (chance, { links }, drawn) => pick(chance, links.find((one) => one.name === drawn.link)?.ends ?? []),
  };
}

/** A place on the classical network, or "*" for all. */
export function place(summary: string): Field<string> {
  return name('place or "*"', summary, (scope) => [...placesOf(scope), "*"]);
}

/** An address "<service>/<place>", or a place for all its processes. */
export function process(summary: string): Field<string> {
  const known = (scope: FaultScope) => [...scope.processes, ...placesOf(scope)];
  // Draws keep their order, which seeds depend on; people are told the few places before the many processes.
  const listed = (scope: FaultScope) => [...placesOf(scope), ...scope.processes];
  return name("process or place", summary, known, listed);
}

/** Places, or "*" for every place that is not on the other side. */
export function side(summary: string): Field<readonly string[] | "*"> {
  return {
    summary,
    form: 'places, or "*"',
    read: (value, scope) => {
      if (value === "*") return "*";
      if (!Array.isArray(value) || value.length === 0)
        return new Wrong(`${shown(value)} is no list`, 'list places, or "*"');
      const known = placesOf(scope);
      const stranger = value.find((one) => !known.includes(one));
      return stranger === undefined ? (value as string[]) : Wrong.word("place", stranger, known);
    },
    draw: (chance, { nodes }, drawn) => ("a" in drawn ? "*" : [pick(chance, nodes) as string]),
  };
}

/** A pattern of bus subjects, with `*` and `>`. */
export function subject(summary: string): Field<string> & { readonly optional: true } {
  return {
    summary,
    form: "subjects",
    optional: true,
    read: (value) => {
      const isPattern = typeof value === "string" && /^([^\s.>]+\.)*([^\s.>]+|>)$/.test(value);
      return isPattern ? value : new Wrong(`${shown(value)} is no pattern of subjects`, 'give one as in "bellmesh.>"');
    },
    draw: () => undefined,
  };
}

/** A field that may be left out, and half of the time is. */
export function optional<T>(field: Field<T>): Field<T> & { readonly optional: true } {
  const draw: Field<T>["draw"] = (chance, scope, drawn) =>
    chance.uniform() < 0.5 ? undefined : field.draw(chance, scope, drawn);
  return { ...field, optional: true, draw };
}

function numeric(
  form: string,
  summary: string,
  drawn: Range,
  isRight: (value: number) => boolean,
  expected: string,
): Field<number> {
  return {
    summary,
    form,
    read: (value) =>
      typeof value === "number" && isRight(value)
        ? value
        : new Wrong(`${shown(value)} is not right`, `give ${expected}`),
    draw: (chance) => between(chance, drawn),
  };
}

type Names = (scope: FaultScope) => readonly string[];

function name(what: string, summary: string, knownOf: Names, listedOf = knownOf): Field<string> {
  return {
    summary,
    form: what,
    read: (value, scope) => {
      const isKnown = typeof value === "string" && knownOf(scope).includes(value);
      return isKnown ? value : Wrong.word(what, value, listedOf(scope));
    },
    draw: (chance, scope) => pick(chance, knownOf(scope)),
  };
}

function isWholeFrom0(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function between(chance: EntropyStream, [low, high]: Range): number {
  return low + chance.uniform() * (high - low);
}

/** Between two positive numbers, every order of magnitude as likely. */
function logarithmic(chance: EntropyStream, [low, high]: Range): number {
  return exp(between(chance, [log(low), log(high)]));
}

function pick<T>(chance: EntropyStream, of: readonly T[]): T | undefined {
  return of[Math.floor(chance.uniform() * of.length)];
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
