import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { parseProgram } from "./parse-program.ts";
import { ProgramError } from "./program-error.ts";

const pair = { op: "state", qubits: ["a", "b"], state: "phi+" };
const other = { op: "state", qubits: ["c", "d"], state: "phi+" };

function errorOf(text: string): ProgramError {
  try {
    evaluate(parseProgram(text, "p.json"));
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe("a program that cannot be evaluated names the place, the value and what would be right", () => {
  test.each([
    [[{ op: "wait", qubits: ["a"], tS: 1 }], "steps[0].qubits[0]", /no qubit a .*; herald or set a state first/],
    [[pair, { op: "wait", qubits: ["e"], tS: 1 }], "steps[1].qubits[0]", /no qubit e .*; there are a, b/],
    [[pair, { op: "wait", qubits: ["a"], tS: -1 }], "steps[1].tS", /-1 is out of range; it must be at least 0/],
    [[pair, { op: "wait", qubits: ["a"] }], "steps[1].tS", /it is missing; give tS: how long, in seconds/],
    [[pair, { op: "wait", qubits: ["a"], tMs: 1, tS: 0 }], "steps[1].tMs", /no such field here; the fields are .*tS/],
    [[pair, { op: "wait", qubits: ["a"], tS: "1" }], "steps[1].tS", /"1" is not a number; give a number/],
    [[pair, { op: "wait", qubits: [], tS: 1 }], "steps[1].qubits", /0 entries; give 1 to 10/],
    [[pair, { op: "wait", qubits: ["a"], tS: 1, t1S: 1, t2S: 3 }], "steps[1].t2S", /T2 is 3 s and T1 is 1 s; .*2·T1/],
    [[pair, { op: "wait", qubits: ["a", "a"], tS: 1 }], "steps[1].qubits[1]", /a is named twice/],
    [[{ op: "swop" }], "steps[0].op", /no operation "swop"; use one of herald, state/],
    [[{ qubits: ["a"] }], "steps[0].op", /it is missing/],
    [[{ op: "herald", qubits: ["a", "b"] }], "steps[0].scheme", /missing; use one of double-click/],
    [[{ op: "herald", scheme: "magic", qubits: ["a", "b"] }], "steps[0].scheme", /no scheme "magic"; use one of/],
    [[pair, pair], "steps[1].qubits[0]", /a qubit a already/],
    [[{ ...pair, qubits: ["a", "b", "c"] }], "steps[0].state", /4 amplitudes of 3 qubits; give 8/],
    [[{ ...pair, ket: [1, 0, 0, 0] }], "steps[0]", /it gives state and ket; give exactly one of state, ket,/],
    [[{ op: "state", qubits: ["a"] }], "steps[0]", /it gives none of what it needs; give exactly one of/],
    [
      [{ op: "state", qubits: ["a", "b"], bellWeights: [1, 1, 0, 0] }],
      "steps[0].bellWeights",
      /the trace is .*, not 1/,
    ],
    [[{ op: "state", qubits: ["a", "b"], bellWeights: [1, 0] }], "steps[0].bellWeights", /2 entries; give 4/],
    [[{ op: "state", qubits: ["a"], rho: [[1, 0]] }], "steps[0].rho", /not a matrix for 1 qubits; give 2 rows/],
    [
      [
        {
          op: "state",
          qubits: ["a"],
          rho: [
            [1, 1],
            [0, 0],
          ],
        },
      ],
      "steps[0].rho",
      /row 1, column 0 is not the conjugate/,
    ],
    [
      [
        {
          op: "state",
          qubits: ["a"],
          rho: [
            [0.5, 0.6],
            [0.6, 0.5],
          ],
        },
      ],
      "steps[0].rho",
      /a negative eigenvalue/,
    ],
    [[{ op: "state", qubits: ["a"], ket: [0, 0] }], "steps[0].ket", /all amplitudes are 0/],
    [[{ op: "state", qubits: ["1a"], state: "0" }], "steps[0].qubits[0]", /"1a" is no name; a name is a letter/],
    [[pair, { op: "gate", qubits: ["a"], gate: "cnot" }], "steps[1].qubits", /cnot acts on two qubits/],
    [[pair, { op: "gate", qubits: ["a"], gate: "rx" }], "steps[1].angleRad", /rx needs an angle/],
    [[pair, { op: "gate", qubits: ["a"], gate: "x", angleRad: 1 }], "steps[1].angleRad", /x has no angle/],
    [[pair, { op: "gate", qubits: ["a"], gate: "xx" }], "steps[1].gate", /"xx" is not known here; use one of i, x/],
    [
      [
        pair,
        {
          op: "gate",
          qubits: ["a"],
          matrix: [
            [1, 0],
            [0, 2],
          ],
        },
      ],
      "steps[1].matrix",
      /U†U is 3.0e\+0 from/,
    ],
    [[pair, { op: "gate", qubits: ["a"], gate: "x", if: ["m"] }], "steps[1].if[0]", /no bit m was measured/],
    [
      [
        { ...pair, announced: "psi+" },
        { op: "gate", qubits: ["b"], gate: "t" },
      ],
      "steps[1]",
      /due on b.*step correct/,
    ],
    [[pair, { op: "swap", qubits: ["a", "b"] }], "steps[1].qubits[1]", /b is not half of another pair/],
    [[pair, { op: "distil", protocol: "epl", keep: "a-b", measure: "a-b" }], "steps[1].measure", /named twice/],
    [[pair, { op: "distil", protocol: "epl", keep: "a-b", measure: "c-d" }], "steps[1].measure", /no pair c-d; .* a-b/],
    [[pair, { op: "teleport", pair: "a-b", qubit: "a" }], "steps[1].qubit", /a is half of the pair/],
    [[pair, { op: "telegate", pair: "a-b", control: "a" }], "steps[1].control", /there is no target/],
    [[pair, other, { op: "fuse", keep: "a", measure: "b" }], "steps[2].measure", /b is in one group with a/],
    [[pair, { op: "pauli-channel", qubit: "a", weights: [1, 1, 0, 0] }], "steps[1].weights", /they sum to 2/],
    [
      [pair, { op: "measure", qubit: "a", as: "m" }, { op: "discard", qubits: ["b"], as: "m" }],
      "steps[2].as",
      /two steps/,
    ],
    [[pair, { op: "measure", qubit: "a" }, { op: "discard", qubits: ["a"] }], "steps[2].qubits[0]", /no qubit a/],
    [
      [
        { op: "state", qubits: [..."abcdefghij"], state: "ghz" },
        { ...pair, qubits: ["k", "l"] },
      ],
      "steps[1].qubits",
      /12 qubits at one time; at most 10/,
    ],
    [[pair, { op: "report", group: "x" }], "steps[1].group", /no group x; there are a-b/],
    [[{ op: "herald", scheme: "double-click", qubits: ["a", "b"], etaA: 0, etaB: 0 }], "steps[0]", /never succeeds/],
  ])("%j", (steps, path, message) => {
    const error = errorOf(JSON.stringify({ steps }));
    expect(error.path).toBe(path);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`p.json: ${path}: `)).toBe(true);
  });

  test.each([
    ["{", "", /it is not JSON \(.*\); write a program/],
    ["[]", "", /\[\] is not an object/],
    ["{}", "steps", /it is missing/],
    ['{"steps":[]}', "steps", /0 entries; give 1 to 1000/],
    ['{"steps":[3]}', "steps[0]", /3 is not an object/],
    [
      '{"steps":[{"op":"state"}],"noise":{}}',
      "noise",
      /no such field here; the fields are title, description, defaults/,
    ],
    [
      '{"steps":[{"op":"state"}],"defaults":{"p01":2}}',
      "defaults.p01",
      /2 is out of range; .*at least 0 and at most 1/,
    ],
    [
      '{"steps":[{"op":"state","qubits":["a"],"state":"0"},{"op":"wait","qubits":["a"],"tS":1e999}]}',
      "steps[1].tS",
      /number/,
    ],
  ])("%s", (text, path, message) => {
    const error = errorOf(text);
    expect(error.path).toBe(path);
    expect(error.message).toMatch(message);
  });
});
