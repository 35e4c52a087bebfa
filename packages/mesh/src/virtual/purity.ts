import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";

/** The service whose code is running now, if any. */
let running: string | undefined;

/** Says whose step begins. What it must not touch throws from here on. */
export function enterStep(address: string): void {
  running = address;
}

/** The step has returned. */
export function leaveStep(): void {
  running = undefined;
}

/**
 * Puts a guard before every source of time, chance and waiting, that throws while a step is running and is
 * transparent otherwise. @returns the function that takes the guards away again.
 */
export function guardPurity(): () => void {
  const undo: (() => void)[] = [];
  for (const [owner, ownerName, names] of functions) {
    for (const name of names) undo.push(guard(owner, name, ownerName === "" ? name : `${ownerName}.${name}`));
  }
  const date = globalThis.Date;
  globalThis.Date = guardedDate(date);
  undo.push(() => {
    globalThis.Date = date;
  });
  // Those who imported a function of a built-in module by its name get the guarded one too.
  syncBuiltinESMExports();
  return () => {
    running = undefined;
    for (const restore of undo) restore();
    syncBuiltinESMExports();
  };
}

type AnyFunction = (...parameters: unknown[]) => unknown;

const functions: readonly (readonly [object, string, readonly string[]])[] = [
  [globalThis, "", ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"]],
  [timers, "", ["setTimeout", "setInterval", "setImmediate"]],
  [globalThis.performance, "performance", ["now"]],
  [globalThis.Math, "Math", ["random"]],
  [globalThis.crypto, "crypto", ["getRandomValues", "randomUUID"]],
  [crypto, "crypto", ["randomBytes", "randomFill", "randomFillSync", "randomInt", "randomUUID"]],
  [globalThis.process, "process", ["hrtime"]],
];

/** Puts a guard in the place of one function. @returns what puts the function back. */
function guard(owner: object, name: string, fullName: string): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const value = guarded((owner as Record<string, AnyFunction>)[name] as AnyFunction, fullName);
  Object.defineProperty(owner, name, { value, configurable: true, enumerable: true, writable: true });
  return () => {
    if (own) Object.defineProperty(owner, name, own);
    else delete (owner as Record<string, unknown>)[name];
  };
}

function guarded(original: AnyFunction, name: string): AnyFunction {
  function guardian(this: unknown, ...parameters: unknown[]): unknown {
    if (running !== undefined) throw impurity(name);
    return original.apply(this, parameters);
  }
  for (const [key, property] of Object.entries(original)) {
    const wrapped = typeof property === "function" ? guarded(property as AnyFunction, `${name}.${key}`) : property;
    Object.defineProperty(guardian, key, { value: wrapped, configurable: true, enumerable: true, writable: true });
  }
  return guardian;
}

function guardedDate(date: DateConstructor): DateConstructor {
  return new Proxy(date, {
    construct(target, parameters, newTarget) {
      // Arithmetic on dates given is pure; only the present moment is not.
      if (running !== undefined && parameters.length === 0) throw impurity("new Date()");
      return Reflect.construct(target, parameters, newTarget) as object;
    },
    apply(target, self, parameters) {
      if (running !== undefined) throw impurity("Date()");
      return Reflect.apply(target, self, parameters) as unknown;
    },
    get(target, key, receiver) {
      if (key === "now" && running !== undefined) throw impurity("Date.now");
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}

function impurity(name: string): Error {
  const error = new Error();
  const here = import.meta.url.replace(/^file:\/\//, "");
  const frames = (error.stack ?? "").split("\n").slice(1);
  const frame = frames.find((line) => !line.includes(here) && !line.includes("node:")) ?? "";
  const where = /(?:\()?(?:file:\/\/)?([^\s()]+:\d+:\d+)\)?$/.exec(frame)?.[1] ?? "an unknown place";
  error.message =
    `${running} used ${name} in a step, at ${where}: ` +
    "a step may know the time only from `now`, and chance only from its entropy";
  return error;
}
