import { Root } from "protobufjs";

/** The messages of google.rpc that refusals carry, as everybody else has them. */
const definitions = {
  Status: {
    fields: {
      code: { type: "int32", id: 1 },
      message: { type: "string", id: 2 },
      details: { rule: "repeated", type: "Any", id: 3 },
    },
  },
  Any: { fields: { type_url: { type: "string", id: 1 }, value: { type: "bytes", id: 2 } } },
  ErrorInfo: { fields: { reason: { type: "string", id: 1 }, domain: { type: "string", id: 2 } } },
  FieldViolation: { fields: { field: { type: "string", id: 1 }, description: { type: "string", id: 2 } } },
  BadRequest: { fields: { field_violations: { rule: "repeated", type: "FieldViolation", id: 1 } } },
};
const root = Root.fromJSON({ nested: definitions });
const PREFIX = "type.googleapis.com/google.rpc.";

/** What stands in `grpc-status-details-bin`: the code, and every detail under the name of its type. */
export function detailsOf(trailer: Uint8Array): Record<string, unknown> {
  const status = read("Status", trailer) as { code: number; details: { type_url: string; value: Uint8Array }[] };
  const details = status.details.map(({ type_url, value }) => {
    const type = type_url.slice(PREFIX.length);
    return [type, read(type, value)];
  });
  return { code: status.code, ...Object.fromEntries(details) };
}

function read(type: string, bytes: Uint8Array): object {
  const found = root.lookupType(type);
  return found.toObject(found.decode(bytes));
}
