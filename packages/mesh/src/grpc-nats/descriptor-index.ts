import { BinaryReader } from "@bufbuild/protobuf/wire";

/** One proto file of a descriptor set: its descriptor as it stands there, and what it needs. */
interface ProtoFile {
  readonly bytes: Uint8Array;
  readonly dependencies: readonly string[];
}

/** Field numbers of google/protobuf/descriptor.proto. */
const SET_FILE = 1;
const FILE = { name: 1, package: 2, dependency: 3, message: 4, enum: 5, service: 6, extension: 7 } as const;
const MESSAGE = { name: 1, field: 2, message: 3, enum: 4, extension: 6, oneof: 8 } as const;
const NAME = 1;
const ENUM_VALUE = 2;
const SERVICE_METHOD = 2;
const EXTENSION = { extendee: 2, number: 3 } as const;

/**
 * What is in a FileDescriptorSet, by name. Of the descriptors only names are read; the files themselves are handed
 * out byte for byte as the compiler wrote them.
 */
export class DescriptorIndex {
  readonly #files = new Map<string, ProtoFile>();
  /** The file each fully qualified name is declared in. */
  readonly #symbols = new Map<string, string>();
  /** By extended type, the file each extension number is declared in. */
  readonly #extensions = new Map<string, Map<number, string>>();
  readonly #messages = new Set<string>();

  /** @param set a google.protobuf.FileDescriptorSet in which every file stands with its dependencies. */
  constructor(set: Uint8Array) {
    for (const file of fieldsOf(set).bytes(SET_FILE)) this.#addFile(file);
  }

  /** The file of this name and everything it depends on, the file first; undefined when there is none. */
  file(name: string): Uint8Array[] | undefined {
    if (!this.#files.has(name)) return undefined;
    const found = new Map<string, Uint8Array>();
    const wanted = [name];
    for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
      const file = this.#files.get(next);
      if (!file || found.has(next)) continue;
      found.set(next, file.bytes);
      wanted.push(...file.dependencies);
    }
    return [...found.values()];
  }

  /** The file that declares this symbol, likewise. */
  fileOf(symbol: string): Uint8Array[] | undefined {
    return this.file(this.#symbols.get(symbol) ?? "");
  }

  /** The file that declares this extension of a message, likewise. */
  fileOfExtension(extendee: string, number: number): Uint8Array[] | undefined {
    return this.file(this.#extensions.get(extendee)?.get(number) ?? "");
  }

  /** The numbers of all extensions of a message; undefined when there is no such message. */
  extensionsOf(message: string): number[] | undefined {
    if (!this.#messages.has(message)) return undefined;
    return Array.from(this.#extensions.get(message)?.keys() ?? []);
  }

  #addFile(bytes: Uint8Array): void {
    const file = fieldsOf(bytes);
    const name = file.text(FILE.name);
    this.#files.set(name, { bytes, dependencies: file.texts(FILE.dependency) });
    const within = file.text(FILE.package);
    for (const message of file.bytes(FILE.message)) this.#addMessage(name, within, message);
    for (const type of file.bytes(FILE.enum)) this.#addEnum(name, within, type);
    for (const extension of file.bytes(FILE.extension)) this.#addExtension(name, within, extension);
    for (const descriptor of file.bytes(FILE.service)) {
      const service = fieldsOf(descriptor);
      const symbol = this.#add(name, within, service);
      for (const method of service.bytes(SERVICE_METHOD)) this.#add(name, symbol, fieldsOf(method));
    }
  }

  #addMessage(file: string, within: string, descriptor: Uint8Array): void {
    const message = fieldsOf(descriptor);
    const symbol = this.#add(file, within, message);
    this.#messages.add(symbol);
    for (const field of message.bytes(MESSAGE.field)) this.#add(file, symbol, fieldsOf(field));
    for (const oneof of message.bytes(MESSAGE.oneof)) this.#add(file, symbol, fieldsOf(oneof));
    for (const nested of message.bytes(MESSAGE.message)) this.#addMessage(file, symbol, nested);
    for (const type of message.bytes(MESSAGE.enum)) this.#addEnum(file, symbol, type);
    for (const extension of message.bytes(MESSAGE.extension)) this.#addExtension(file, symbol, extension);
  }

  /** The values of an enum are its siblings in protobuf, not its children. */
  #addEnum(file: string, within: string, descriptor: Uint8Array): void {
    const type = fieldsOf(descriptor);
    this.#add(file, within, type);
    for (const value of type.bytes(ENUM_VALUE)) this.#add(file, within, fieldsOf(value));
  }

  #addExtension(file: string, within: string, descriptor: Uint8Array): void {
    const extension = fieldsOf(descriptor);
    this.#add(file, within, extension);
    const extendee = extension.text(EXTENSION.extendee).replace(/^\./, "");
    const numbers = this.#extensions.get(extendee) ?? new Map();
    this.#extensions.set(extendee, numbers.set(extension.number(EXTENSION.number), file));
  }

  #add(file: string, within: string, descriptor: Fields): string {
    const symbol = [within, descriptor.text(NAME)].filter((part) => part !== "").join(".");
    this.#symbols.set(symbol, file);
    return symbol;
  }
}

/** The fields of one message: those of wire types 0 (numbers) and 2 (bytes), which is all that descriptors need. */
class Fields {
  readonly #bytes = new Map<number, Uint8Array[]>();
  readonly #numbers = new Map<number, number>();

  constructor(message: Uint8Array) {
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (wireType === 0) this.#numbers.set(field, Number(reader.int64()));
      else if (wireType === 2) this.#bytes.set(field, [...this.bytes(field), reader.bytes()]);
      else reader.skip(wireType, field);
    }
  }

  number(field: number): number {
    return this.#numbers.get(field) ?? 0;
  }

  bytes(field: number): readonly Uint8Array[] {
    return this.#bytes.get(field) ?? [];
  }

  texts(field: number): string[] {
    return this.bytes(field).map((bytes) => Buffer.from(bytes).toString("utf8"));
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? "";
  }
}

function fieldsOf(message: Uint8Array): Fields {
  return new Fields(message);
}
