import { Feedforward } from "@bellmesh/wire/feedforward";
import { describe, expect, test } from "vitest";
import { EncodingWire, HandingWire } from "./wire.ts";

const message = { ...Feedforward.decode(new Uint8Array(0)), incarnation: 3, sequence: 7 };

describe("A wire that encodes", () => {
  test("gives each receiver a message of its own", () => {
    const wire = new EncodingWire();
    const carried = wire.carry(Feedforward, message);
    const [first, second] = [wire.read(Feedforward, carried), wire.read(Feedforward, carried)];
    expect(first).toEqual(message);
    expect(second).toEqual(message);
    expect(second).not.toBe(first);
    expect(wire.bytesOf(carried)).toEqual(Feedforward.encode(message).finish());
  });

  test("takes no message that another process could not get", () => {
    expect(() => new EncodingWire().carry(Feedforward, { ...message, sequence: -1 })).toThrow(RangeError);
  });

  test("takes bytes, and tells when they are no message", () => {
    const wire = new EncodingWire();
    expect(wire.read(Feedforward, wire.carryBytes(Feedforward.encode(message).finish()))).toEqual(message);
    expect(() => wire.read(Feedforward, wire.carryBytes(Uint8Array.of(0xff)))).toThrow(RangeError);
  });
});

describe("A wire that hands over", () => {
  test("gives every receiver what was sent", () => {
    const wire = new HandingWire();
    expect(wire.read(Feedforward, wire.carry(Feedforward, message))).toBe(message);
  });
});
