import { Acknowledgement } from "@bellmesh/wire/feedforward";
import { Stamp } from "@bellmesh/wire/stamp";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MessageReader } from "../message-reader.ts";
import { MessageWriter } from "../message-writer.ts";
import { StringTable } from "../string-table.ts";
import { encodeStamped, stampOf, withoutStamp } from "./stamp.ts";

const writer = new MessageWriter(new StringTable());
const reader = new MessageReader(new StringTable());
const message: Acknowledgement = { incarnation: 3, sequences: [1, 2, 7], kind: "track" };

describe("a stamp behind a message", () => {
  test("is the contract's own encoding, any instant and any lateness below 2^53", () => {
    const lateness = fc.oneof(fc.constant(0), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.maxSafeNat(), lateness, (sentAtNs, lateNs) => {
        const stamped = encodeStamped(writer, Acknowledgement, message, { sentAtNs, lateNs });
        expect(stampOf(stamped)).toEqual({ sentAtNs, lateNs });
        expect(Stamp.decode(stamped)).toEqual({ sentAt: sentAtNs, lateNs });
      }),
    );
  });

  test("is skipped by readers of the message, ours and the generated ones", () => {
    const stamped = encodeStamped(writer, Acknowledgement, message, {
      sentAtNs: 1_234_567_890_123,
      lateNs: 4_567,
    });
    expect(reader.messageOf(Acknowledgement, stamped)).toEqual(message);
    expect(Acknowledgement.decode(stamped)).toEqual(message);
  });

  test("comes off again", () => {
    const bytes = Acknowledgement.encode(message).finish();
    for (const lateNs of [0, 9]) {
      const stamped = encodeStamped(writer, Acknowledgement, message, { sentAtNs: 7, lateNs });
      expect(Buffer.from(withoutStamp(stamped))).toEqual(Buffer.from(bytes));
    }
    expect(withoutStamp(bytes)).toBe(bytes);
  });

  test("is not seen where there is none", () => {
    expect(stampOf(Acknowledgement.encode(message).finish())).toBeUndefined();
    expect(stampOf(new Uint8Array(0))).toBeUndefined();
  });

  test("beyond 2^53 ns is none of ours", () => {
    const stamped = encodeStamped(writer, Acknowledgement, message, { sentAtNs: 0, lateNs: 0 });
    stamped.fill(0xff, stamped.length - 8);
    expect(stampOf(stamped)).toBeUndefined();
  });
});
