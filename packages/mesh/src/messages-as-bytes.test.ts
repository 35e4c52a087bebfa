import { ClockCorrection } from "@bellmesh/wire/control";
import { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import { LedgerEvent } from "@bellmesh/wire/ledger";
import { CreatePairsRequest } from "@bellmesh/wire/quantum-state";
import { type BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MessageReader } from "./message-reader.ts";
import { MessageWriter } from "./message-writer.ts";
import type { MessageType } from "./method.ts";
import { Parcel } from "./parcel.ts";
import { StringTable } from "./string-table.ts";

const uint64 = fc.maxSafeNat();
const uint32 = fc.nat({ max: 0xffffffff });
const anyText = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 200 }));
const double = fc.double({ noNaN: true });

const feedforward: fc.Arbitrary<Feedforward> = fc.record({
  sequence: uint64,
  incarnation: uint32,
  measuredAt: uint64,
  notAfter: uint64,
  payload: fc.oneof(
    fc.constant(undefined),
    fc.record({ keptPair: anyText, sacrificedPair: anyText, round: uint32, bit: fc.boolean() }).map((parity) => ({
      $case: "parity" as const,
      parity,
    })),
  ),
});
const createPairs: fc.Arbitrary<CreatePairsRequest> = fc.record({
  pair: anyText,
  firstNode: anyText,
  secondNode: anyText,
  firstEmitted: uint64,
  secondEmitted: uint64,
  bellWeights: fc.array(double, { maxLength: 40 }),
  announced: fc.option(fc.record({ x: fc.boolean(), z: fc.boolean() }), { nil: undefined }),
  attempts: uint64,
  photonOffsetPs: uint64,
});
const acknowledgement = fc.record({ incarnation: uint32, sequences: fc.array(uint64), kind: anyText });

function codec() {
  const strings = new StringTable();
  return { writer: new MessageWriter(strings), reader: new MessageReader(strings) };
}

function agrees<T>(type: MessageType<T>, arbitrary: fc.Arbitrary<T>): void {
  const { writer, reader } = codec();
  fc.assert(
    fc.property(arbitrary, (message) => {
      const parcel = writer.seal(type, message);
      const bytes = type.encode(message).finish();
      expect(parcel.copy()).toEqual(bytes);
      expect(writer.bytesOf(type, message)).toEqual(bytes);
      expect(reader.unseal(type, parcel)).toEqual(type.decode(bytes));
      expect(reader.messageOf(type, bytes)).toEqual(type.decode(bytes));
      parcel.release();
    }),
  );
}

test("it writes and reads the same as the plain codec", () => {
  agrees(Feedforward, feedforward);
  agrees(CreatePairsRequest, createPairs);
  agrees(Acknowledgement, acknowledgement);
});

test("every scalar type is written and read as the plain codec does", () => {
  const { reader } = codec();
  const scalars: fc.Arbitrary<[keyof BinaryWriter & keyof BinaryReader, number | bigint]> = fc.oneof(
    fc.tuple(fc.constantFrom("int32", "sint32", "sfixed32"), fc.integer()),
    fc.tuple(fc.constantFrom("uint32", "fixed32"), uint32),
    fc.tuple(fc.constantFrom("int64", "sint64", "sfixed64"), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    fc.tuple(fc.constantFrom("uint64", "fixed64"), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    fc.tuple(fc.constantFrom("int64", "sint64", "sfixed64"), fc.maxSafeInteger()),
    fc.tuple(fc.constantFrom("float", "double"), fc.float({ noNaN: true })),
  ) as never;
  fc.assert(
    fc.property(scalars, ([kind, value]) => {
      // Methods are called on their object, as generated code does.
      const scalar: MessageType<number | bigint> = {
        encode: (message, writer = new BinaryWriter()) =>
          (writer as unknown as Record<string, (value: unknown) => BinaryWriter>)[kind]?.(message) as BinaryWriter,
        decode: (input) => (input as unknown as Record<string, () => number | bigint>)[kind]?.() as number | bigint,
        toJSON: String,
      };
      const plain = scalar.encode(value).finish();
      const { writer } = codec();
      expect(writer.bytesOf(scalar, value)).toEqual(plain);
      const exact = typeof value === "number" || (value >= -(2n ** 53n) && value <= 2n ** 53n);
      const read = Number(String(reader.messageOf(scalar, plain)));
      // A sum with 0 has no sign of its own when it is 0; text loses it too.
      if (exact) expect(read).toBe(Number(value) + 0);
      else expect(Math.abs(read - Number(value))).toBeLessThanOrEqual(Math.abs(Number(value)) * 1e-15);
    }),
  );
});

test("numbers that do not fit their field are refused by the writer", () => {
  const { writer } = codec();
  const message = Feedforward.decode(new Uint8Array(0));
  for (const sequence of [-1, 0.5, 2 ** 53, Number.NaN]) {
    expect(() => writer.seal(Feedforward, { ...message, sequence })).toThrow(RangeError);
  }
  for (const incarnation of [-1, 0.5, 2 ** 32]) {
    expect(() => writer.seal(Feedforward, { ...message, incarnation })).toThrow(RangeError);
  }
  const after = writer.seal(Feedforward, { ...message, sequence: 7 });
  expect(Feedforward.decode(after.copy()).sequence).toBe(7);
});

test("a message cut short, or bytes of chance, give an error wherever the plain codec gives one", () => {
  const { reader } = codec();
  const whole = CreatePairsRequest.encode({
    pair: "alice-bob/1/1",
    firstNode: "alice",
    secondNode: "bób",
    firstEmitted: 2 ** 40,
    secondEmitted: 5,
    bellWeights: [0.97, 0.01, 0.01, 0.01],
    announced: { x: true, z: false },
    attempts: 2 ** 33,
    photonOffsetPs: 20,
  }).finish();
  const verdict = (decode: () => unknown) => {
    try {
      return JSON.stringify(decode());
    } catch {
      return "an error";
    }
  };
  const compare = (bytes: Uint8Array) => {
    // Around the message lies other memory, which must not be read.
    const around = new Uint8Array(bytes.length + 40).fill(1);
    around.set(bytes, 20);
    const parcel = new Parcel(Parcel.of(around).chunk, 20, 20 + bytes.length);
    const plain = verdict(() => CreatePairsRequest.decode(bytes));
    const ours = verdict(() => reader.unseal(CreatePairsRequest, parcel));
    // Ours refuses text that is not UTF-8; the plain codec replaces it.
    if (!plain.includes("\ufffd")) expect(ours).toBe(plain);
    else expect(ours === plain || ours === "an error").toBe(true);
  };
  for (let length = 0; length <= whole.length; length++) compare(whole.slice(0, length));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), compare), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, octet) => {
      const broken = whole.slice();
      broken[at] = octet;
      compare(broken);
    }),
    { numRuns: 2000 },
  );
});

test("text that is not UTF-8 is an error", () => {
  const { reader } = codec();
  expect(() => reader.messageOf(CreatePairsRequest, Uint8Array.of(10, 2, 0xc3, 0x28))).toThrow();
});

test("a nested message may be longer than one byte of length can say", () => {
  const { writer, reader } = codec();
  for (const length of [100, 127, 128, 5_000, 70_000, 300_000]) {
    const event = {
      writer: "network-layer/n0",
      incarnation: 1,
      sequence: 1,
      at: 1,
      uncertaintyNs: 0,
      event: { $case: "requestRefused" as const, requestRefused: { node: "n0", to: "n1", reason: "x".repeat(length) } },
    };
    const parcel = writer.seal(LedgerEvent, event);
    expect(parcel.copy()).toEqual(LedgerEvent.encode(event).finish());
    expect(reader.unseal(LedgerEvent, parcel)).toEqual(event);
  }
});

test("parcels in flight keep their bytes while others come and go", () => {
  const { writer, reader } = codec();
  const inFlight: { parcel: Parcel; sequence: number }[] = [];
  for (let sequence = 1; sequence < 40_000; sequence++) {
    const message = {
      node: `n${sequence}`,
      incarnation: 1,
      sequence,
      fromHardware: sequence * 1e9,
      fromHardwarePs: 1,
      disciplined: 3,
      disciplinedPs: 4,
      frequencyPpb: 0.5,
    };
    inFlight.push({ parcel: writer.seal(ClockCorrection, message), sequence });
    // Most leave soon, some stay for long.
    const leaving = inFlight.splice(sequence % 7 === 0 ? 0 : Math.max(0, inFlight.length - 1000), 1)[0];
    if (!leaving) continue;
    const read = reader.unseal(ClockCorrection, leaving.parcel);
    expect(read.sequence).toBe(leaving.sequence);
    expect(read.node).toBe(`n${leaving.sequence}`);
    leaving.parcel.release();
  }
});
