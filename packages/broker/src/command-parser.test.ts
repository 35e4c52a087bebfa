import fc from "fast-check";
import { expect, test } from "vitest";
import { type Command, CommandParser, ProtocolError } from "./command-parser.ts";

function parsed(text: string, mustConnect = false): Command[] {
  return [...new CommandParser({ maxPayload: 100, mustConnect }).take(Buffer.from(text))];
}

function objection(text: string, mustConnect = false): string {
  try {
    parsed(text, mustConnect);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return (error as Error).message;
  }
  return "none";
}

test("commands are read as they stand in the protocol's description", () => {
  expect(parsed('CONNECT {"verbose": false}\r\nPING\r\nPONG\r\n')).toEqual([
    { verb: "CONNECT", json: ' {"verbose": false}' },
    { verb: "PING" },
    { verb: "PONG" },
  ]);
  expect(parsed("SUB a.* 7\r\nSUB a.> group 8\r\nUNSUB 7\r\nUNSUB 8 3\r\n")).toEqual([
    { verb: "SUB", subject: "a.*", queue: undefined, id: "7" },
    { verb: "SUB", subject: "a.>", queue: "group", id: "8" },
    { verb: "UNSUB", id: "7", max: undefined },
    { verb: "UNSUB", id: "8", max: 3 },
  ]);
  expect(parsed("PUB a 2\r\nhi\r\nPUB a r 0\r\n\r\nHPUB a 12 13\r\nNATS/1.0\r\n\r\nx\r\n")).toEqual([
    { verb: "PUB", subject: "a", reply: "", headerBytes: 0, body: Buffer.from("hi") },
    { verb: "PUB", subject: "a", reply: "r", headerBytes: 0, body: Buffer.from("") },
    { verb: "PUB", subject: "a", reply: "", headerBytes: 12, body: Buffer.from("NATS/1.0\r\n\r\nx") },
  ]);
});

test("verbs may be written small, blanks may be many, and a line may end in LF alone", () => {
  expect(parsed("sub \t a  1 \r\nping\n")).toEqual([
    { verb: "SUB", subject: "a", queue: undefined, id: "1" },
    { verb: "PING" },
  ]);
});

test("a payload may hold anything, line ends and commands too", () => {
  expect(parsed("PUB a 12\r\n\r\nPUB b 1\r\n\n\r\nPING\r\n")).toEqual([
    { verb: "PUB", subject: "a", reply: "", headerBytes: 0, body: Buffer.from("\r\nPUB b 1\r\n\n") },
    { verb: "PING" },
  ]);
});

test.each([
  ["FOO\r\n", "Unknown Protocol Operation"],
  ["\r\n", "Unknown Protocol Operation"],
  ["PUB\r\n", "Unknown Protocol Operation"],
  ["PUB a 1\r\nxyz\r\n", "Unknown Protocol Operation"],
  ["PUB a 101\r\n", "Maximum Payload Violation"],
  [`SUB ${"a".repeat(4097)} 1\r\n`, "maximum control line exceeded"],
  ["a".repeat(4097), "maximum control line exceeded"],
  ["PUB a\r\n", ""],
  ["PUB a x\r\n", ""],
  ["PUB a -1\r\n", ""],
  ["PUB a b c 1\r\n", ""],
  ["HPUB a 5\r\n", ""],
  ["HPUB a 6 5\r\n", ""],
  ["SUB a\r\n", ""],
  ["SUB a b c d\r\n", ""],
  ["UNSUB 1 2 3\r\n", ""],
])("%j is answered with %j", (text, words) => {
  expect(objection(text)).toBe(words);
});

test("where one must log in, nothing but CONNECT is understood first", () => {
  expect(objection("PING\r\n", true)).toBe("Authorization Violation");
  expect(parsed("CONNECT {}\r\nPING\r\n", true)).toHaveLength(2);
});

test("however the bytes are cut, the commands are the same", () => {
  const text = "SUB a q 1\r\nPUB a r 5\r\nh\r\nlo\r\nHPUB b 12 14\r\nNATS/1.0\r\n\r\nhi\r\nUNSUB 1 2\r\nPING\r\n";
  const whole = parsed(text);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: text.length })), (cuts) => {
      const parser = new CommandParser({ maxPayload: 100, mustConnect: false });
      const edges = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      const pieces = edges.slice(1).map((end, index) => Buffer.from(text.slice(edges[index], end)));
      expect(pieces.flatMap((piece) => [...parser.take(piece)])).toEqual(whole);
    }),
  );
});

test("whatever the bytes, it gives commands or objects", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        for (const { verb } of new CommandParser({ maxPayload: 100, mustConnect: false }).take(Buffer.from(bytes))) {
          expect(verb).toMatch(/^(?:CONNECT|PUB|SUB|UNSUB|PING|PONG|INFO|\+OK|-ERR)$/);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
  );
});
