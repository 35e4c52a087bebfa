import { MessageReader } from "../message-reader.ts";
import { MessageWriter } from "../message-writer.ts";
import type { MessageType } from "../method.ts";
import { Parcel } from "../parcel.ts";
import { StringTable } from "../string-table.ts";

declare const carried: unique symbol;

/** A message that is under way. What it is made of only its wire knows. */
export interface Carried {
  readonly [carried]: true;
}

/** What messages are between the step that sends them and the step that gets them. */
export interface Wire {
  /** Takes a message to carry it to one receiver. */
  carry<T>(type: MessageType<T>, message: T): Carried;
  /** One more is to receive it. */
  hold(message: Carried): void;
  /** One who was to receive it has read it, or never will. */
  release(message: Carried): void;
  /** The message as it arrives, which stays held. */
  read<T>(type: MessageType<T>, message: Carried): T;
}

/** Messages are encoded where they are sent and decoded where they arrive, as between processes. */
export class EncodingWire implements Wire {
  readonly #writer: MessageWriter;
  readonly #reader: MessageReader;

  constructor() {
    const strings = new StringTable();
    this.#writer = new MessageWriter(strings);
    this.#reader = new MessageReader(strings);
  }

  /** @throws RangeError when the message cannot be encoded */
  carry<T>(type: MessageType<T>, message: T): Carried {
    return this.#writer.seal(type, message) as unknown as Carried;
  }

  hold(message: Carried): void {
    parcelOf(message).hold();
  }

  release(message: Carried): void {
    parcelOf(message).release();
  }

  /** @throws RangeError when its bytes are no message of this type */
  read<T>(type: MessageType<T>, message: Carried): T {
    return this.#reader.unseal(type, parcelOf(message));
  }

  /** Takes bytes, from somebody who is no service. */
  carryBytes(bytes: Uint8Array): Carried {
    return Parcel.of(bytes) as unknown as Carried;
  }

  /** A copy of its bytes, for somebody who is no service. */
  bytesOf(message: Carried): Uint8Array {
    return parcelOf(message).copy();
  }
}

/**
 * Messages are handed over as they are: whoever sent one and all who get it have the same object, which none of them
 * changes. The history is that of an encoding wire (docs/decisions/0019).
 */
export class HandingWire implements Wire {
  carry<T>(_type: MessageType<T>, message: T): Carried {
    return message as Carried;
  }

  hold(_message: Carried): void {}

  release(_message: Carried): void {}

  read<T>(_type: MessageType<T>, message: Carried): T {
    return message as T;
  }
}

function parcelOf(message: Carried): Parcel {
  return message as unknown as Parcel;
}
