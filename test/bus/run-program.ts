import { type Heard, messageName } from "./oracle.ts";
import type { Operation } from "./program.ts";

interface Message {
  readonly bytes: Uint8Array;
  readonly reply: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** A client of some bus: the virtual one and the NATS client have this in common. */
export interface Client {
  publish(
    subject: string,
    bytes: Uint8Array,
    options?: { reply?: string; headers?: Readonly<Record<string, string>> },
  ): unknown;
  subscribe(
    subject: string,
    hear: (message: Message) => void,
    options?: { queue?: string; max?: number },
  ): { unsubscribe(max?: number): void };
  request(subject: string, bytes: Uint8Array, hear: (message: Message) => void): unknown;
}

/** A bus with clients at it. */
export interface BusUnderTest {
  readonly clients: readonly Client[];
  /** Waits until everything published so far has been heard; with answers, until those have been heard too. */
  settle(withAnswers: boolean): Promise<void>;
  /** Waits until the server knows what this client listens to. */
  inForce(client: number): Promise<void>;
  /** Cuts a client off and waits until it is back. */
  reconnect(client: number): Promise<void>;
}

const text = new TextDecoder();
const bytesOf = (name: string) => new TextEncoder().encode(name);

/** Runs a program on a bus, under subjects of its own. */
export async function runProgram(program: readonly Operation[], bus: BusUnderTest, prefix: string): Promise<Heard> {
  const messages = new Map<number, string[]>();
  const answers: string[][] = [];
  const garbled: string[] = [];
  const subscriptions: { unsubscribe(max?: number): void; readonly client: number }[] = [];
  const sent = new Map<string, string | undefined>();
  const under = (subject: string) => `${prefix}.${subject}`;
  const subscribe = ({ client, pattern, queue, max, answers: isAnswering }: Operation & { do: "subscribe" }) => {
    const id = subscriptions.length;
    const ours: string[] = [];
    messages.set(id, ours);
    const at = bus.clients[client] as Client;
    const options = { ...(queue !== undefined && { queue }), ...(max !== undefined && { max }) };
    const hear = ({ bytes, reply, headers }: Message) => {
      const name = text.decode(bytes);
      ours.push(name);
      if (headers?.Kind !== sent.get(name)) garbled.push(name);
      if (isAnswering && reply !== undefined) at.publish(reply, bytesOf(String(id)));
    };
    const subscription = at.subscribe(under(pattern), hear, options);
    subscriptions.push({ unsubscribe: (after) => subscription.unsubscribe(after), client });
  };
  /** Whose messages are under way. */
  let underWay: number | undefined;
  const settle = async (withAnswers: boolean) => {
    if (underWay !== undefined) await bus.settle(withAnswers);
    underWay = undefined;
  };
  for (const [place, operation] of program.entries()) {
    // Order is promised for one publisher's messages only, and who hears them depends on who listens then.
    if (operation.do !== "publish" || operation.client !== underWay) await settle(false);
    if (operation.do === "publish") {
      underWay = operation.client;
      const { client, subject, header } = operation;
      const name = messageName(client, place);
      sent.set(name, header);
      bus.clients[client]?.publish(
        under(subject),
        bytesOf(name),
        header === undefined ? {} : { headers: { Kind: header } },
      );
    } else if (operation.do === "subscribe") subscribe(operation);
    else if (operation.do === "reconnect") await bus.reconnect(operation.client);
    else if (operation.do === "unsubscribe") {
      subscriptions[operation.subscription]?.unsubscribe(operation.after);
    } else {
      const heard: string[] = [];
      answers.push(heard);
      const hear = ({ bytes, headers }: Message) => heard.push(headers?.Status ?? text.decode(bytes));
      bus.clients[operation.client]?.request(
        under(operation.subject),
        bytesOf(messageName(operation.client, place)),
        hear,
      );
    }
    if (operation.do === "request") {
      underWay = operation.client;
      await settle(true);
    } else if (operation.do === "subscribe") {
      await bus.inForce(operation.client);
    } else if (operation.do === "unsubscribe") {
      await bus.inForce(subscriptions[operation.subscription]?.client ?? 0);
    }
  }
  await settle(false);
  for (const subscription of subscriptions) subscription.unsubscribe();
  return { messages, answers, garbled };
}
