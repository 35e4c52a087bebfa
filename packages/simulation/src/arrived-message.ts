import { bellName } from "@bellmesh/bell";
import type { Input } from "@bellmesh/mesh";
import type { Feedforward } from "@bellmesh/wire/feedforward";
import type { CreateRequest, PeerRequest } from "@bellmesh/wire/link-layer";
import type { SignalRequest, SignalResponse } from "@bellmesh/wire/network-layer";
import type { GenerateRequest } from "@bellmesh/wire/physical-link";
import type { MessageKind } from "./walk-sources.ts";

/** A message of a protocol, as it arrived. */
export interface ArrivedMessage {
  readonly kind: MessageKind;
  /** What it says, for people. */
  readonly text: string;
}

/** What of an input is told in the walk of a request: the messages of the protocols, without greetings and answers. */
export function arrivedMessage(input: Input): ArrivedMessage | undefined {
  if (input.kind === "message") return feedforward(input.message as Feedforward);
  if (input.kind === "call" && input.method.path.endsWith("LinkLayerService/Create")) {
    const { link } = input.request as CreateRequest;
    return { kind: "CREATE", text: `the network layer wants pairs of link ${link} until further notice` };
  }
  if (input.kind !== "stream-item") return undefined;
  const method = input.method.path.slice(input.method.path.lastIndexOf("/") + 1);
  if (method === "Signal") return signal(input.item as SignalRequest | SignalResponse);
  if (method === "Peer") return peer(input.item as PeerRequest);
  if (method === "Generate") return generate(input.item as GenerateRequest);
  return undefined;
}

function signal({ message }: SignalRequest | SignalResponse): ArrivedMessage | undefined {
  switch (message?.$case) {
    case "path":
      return { kind: "PATH", text: `install circuit \`${message.path.circuit}\` and pass it on` };
    case "resv":
      return { kind: "RESV", text: `circuit \`${message.resv.circuit}\` is installed from here to the tail-end` };
    case "forward":
      return { kind: "FORWARD", text: `request \`${message.forward.requestId}\` wants ${message.forward.pairs} pair` };
    default:
      return undefined;
  }
}

function peer({ message }: PeerRequest): ArrivedMessage | undefined {
  const content = message?.content;
  if (content?.$case === "add") {
    return { kind: "ADD", text: `the other end of ${message?.link} wants this CREATE in the common queue` };
  }
  if (content?.$case === "addResult") {
    return { kind: "ADD-RESULT", text: `the CREATE is in the common queue of ${message?.link}` };
  }
  return undefined;
}

function generate({ command }: GenerateRequest): ArrivedMessage | undefined {
  if (command?.$case !== "arm") return undefined;
  return { kind: "ARM", text: `one end fires from cycle ${command.arm.firstCycle} on` };
}

function feedforward({ payload }: Feedforward): ArrivedMessage | undefined {
  if (payload?.$case === "herald") {
    const { pair, bellIndex } = payload.herald;
    return { kind: "HERALD", text: `pair \`${pair}\` was made, ${bellIndex ? bellName(bellIndex) : "unknown"}` };
  }
  if (payload?.$case === "track") {
    const { originCorrelator, linkCorrelator, outcome } = payload.track;
    const xor = outcome ? bellName(outcome) : "unknown";
    return { kind: "TRACK", text: `from \`${originCorrelator}\`, now at \`${linkCorrelator}\`, XOR so far ${xor}` };
  }
  return undefined;
}
