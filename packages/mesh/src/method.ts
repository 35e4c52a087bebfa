import type { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";

/** What ts-proto generates for a message: its codec. It has methods, so that any codec is one of `unknown`. */
export interface MessageType<T> {
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): T;
  toJSON(message: T): unknown;
}

/** The codec of a message whose type does not matter here. */
export type AnyMessageType = MessageType<unknown>;

/** One gRPC method: its full path and the codecs of both directions. */
export interface Method<Request = never, Response = unknown> {
  readonly path: string;
  readonly service: string;
  readonly requestType: MessageType<Request>;
  readonly requestStream: boolean;
  readonly responseType: MessageType<Response>;
  readonly responseStream: boolean;
}

/** A method of which only the kind and the bytes matter. */
export type AnyMethod = Method<unknown, unknown>;

interface MethodDescriptor<Request, Response> {
  readonly name: string;
  readonly requestType: MessageType<Request>;
  readonly requestStream: boolean;
  readonly responseType: MessageType<Response>;
  readonly responseStream: boolean;
}

/** The generated description of a gRPC service. */
export interface ServiceDescriptor {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDescriptor<unknown, unknown>>>;
}

export type MethodsOf<D extends ServiceDescriptor> = {
  readonly [Name in keyof D["methods"]]: D["methods"][Name] extends MethodDescriptor<infer Request, infer Response>
    ? Method<Request, Response>
    : never;
};

const known = new Map<ServiceDescriptor, Readonly<Record<string, AnyMethod>>>();

/** The methods of a service as values to route by; the same objects at every call. */
export function methodsOf<D extends ServiceDescriptor>(definition: D): MethodsOf<D> {
  let methods = known.get(definition);
  if (!methods) {
    methods = Object.freeze(
      Object.fromEntries(
        Object.entries(definition.methods).map(([key, method]) => [
          key,
          Object.freeze({
            path: `/${definition.fullName}/${method.name}`,
            service: definition.fullName,
            requestType: method.requestType,
            requestStream: method.requestStream,
            responseType: method.responseType,
            responseStream: method.responseStream,
          }),
        ]),
      ),
    );
    known.set(definition, methods);
  }
  return methods as MethodsOf<D>;
}
