import fc from "fast-check";

/** What a client of the bus does; subscriptions are counted in the order in which they are made. */
export type Operation =
  | { readonly do: "publish"; readonly client: number; readonly subject: string; readonly header: string | undefined }
  | {
      readonly do: "subscribe";
      readonly client: number;
      readonly pattern: string;
      readonly queue: string | undefined;
      readonly max: number | undefined;
      /** It answers requests. */
      readonly answers: boolean;
    }
  | { readonly do: "unsubscribe"; readonly subscription: number; readonly after: number | undefined }
  | { readonly do: "request"; readonly client: number; readonly subject: string }
  | { readonly do: "reconnect"; readonly client: number };

export const CLIENTS = 3;
const OPERATIONS = 50;

const client = fc.integer({ min: 0, max: CLIENTS - 1 });
const subject = fc.constantFrom("a", "b", "a.a", "a.b", "b.a", "b.b");
const pattern = fc.oneof(subject, fc.constantFrom("*", ">", "a.*", "*.a", "*.*", "a.>", "b.>"));

const publish = fc.record({
  do: fc.constant("publish" as const),
  client,
  subject,
  header: fc.option(fc.constantFrom("x", "y z"), { nil: undefined }),
});

const subscribe = (queue: fc.Arbitrary<string | undefined>) =>
  fc.record({
    do: fc.constant("subscribe" as const),
    client,
    pattern,
    queue,
    max: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 3 }),
    answers: fc.boolean(),
  });

const unsubscribe = fc.record({
  do: fc.constant("unsubscribe" as const),
  subscription: fc.nat({ max: 12 }),
  after: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
});

const request = fc.record({ do: fc.constant("request" as const), client, subject });
const reconnect = fc.record({ do: fc.constant("reconnect" as const), client });

/** Programs of fifty operations. */
export const program: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.oneof(
    { arbitrary: publish, weight: 25 },
    { arbitrary: subscribe(fc.constant(undefined)), weight: 8 },
    { arbitrary: subscribe(fc.constantFrom("q", "r")), weight: 6 },
    { arbitrary: unsubscribe, weight: 5 },
    { arbitrary: request, weight: 5 },
    { arbitrary: reconnect, weight: 1 },
  ),
  { minLength: OPERATIONS, maxLength: OPERATIONS },
);
