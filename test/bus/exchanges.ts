/** What a client says after its CONNECT, and what nats-server 2.9.10 answers: a transcript each. */
export interface Exchange {
  readonly name: string;
  /** Options of CONNECT beyond user and password; null where the client says no CONNECT. */
  readonly connect?: Readonly<Record<string, unknown>> | null;
  readonly user?: "all" | "few";
  readonly says: readonly string[];
  readonly hears: readonly string[];
  readonly isClosed?: true;
}

/** Who may log in, and what for. */
export const USERS = [
  { user: "all", password: "p", permissions: { publish: [">"], subscribe: [">"] } },
  { user: "few", password: "p", permissions: { publish: ["ok.>", "_INBOX.>"], subscribe: ["ok.>", "w.*"] } },
];

const NOBODY_HEARD = ["NATS/1.0 503", "", ""];
const HEADED = ["NATS/1.0", "a: b", "", "x"];
const verbose = { verbose: true };
const pedantic = { pedantic: true };

/** Of whoever comes and logs in. */
const logins: readonly Exchange[] = [
  {
    name: "nothing may be said before CONNECT",
    connect: null,
    says: ["PING"],
    hears: ["-ERR 'Authorization Violation'"],
    isClosed: true,
  },
  {
    name: "a wrong password is refused",
    connect: { pass: "wrong" },
    says: ["PING"],
    hears: ["-ERR 'Authorization Violation'"],
    isClosed: true,
  },
  {
    name: "options that are no JSON end the connection without a word",
    connect: null,
    says: ["CONNECT {nope}", "PING"],
    hears: [],
    isClosed: true,
  },
  {
    name: "no responders cannot be had without headers",
    connect: { headers: false },
    says: ["PING"],
    hears: ["-ERR 'no responders requires headers support'"],
    isClosed: true,
  },
  {
    name: "whoever is verbose is told that all is well, but not of what is refused",
    connect: verbose,
    user: "few",
    says: ["SUB ok.a 1", "PUB ok.a 1", "x", "SUB no 2", "PUB no 1", "x", "UNSUB 1", "UNSUB 77", "PING"],
    hears: [
      "+OK",
      "+OK",
      "+OK",
      "MSG ok.a 1 1",
      "x",
      `-ERR 'Permissions Violation for Subscription to "no"'`,
      `-ERR 'Permissions Violation for Publish to "no"'`,
      "+OK",
      "+OK",
      "PONG",
    ],
  },
];

const commands: readonly Exchange[] = [
  {
    name: "verbs may be small, blanks many",
    says: ["sub   a\t1  ", "pub  a  1 ", "x", "ping  "],
    hears: ["MSG a 1 1", "x", "PONG"],
  },
  { name: "PONG, INFO and +OK are heard without a word", says: ["PONG", "INFO {}", "+OK", "PING"], hears: ["PONG"] },
  ...["FOO", "", "PUB", "UNSUB", "MSG a 1 1"].map(
    (line): Exchange => ({
      name: `${JSON.stringify(line)} is no operation`,
      says: [line, "PING"],
      hears: ["-ERR 'Unknown Protocol Operation'"],
      isClosed: true,
    }),
  ),
  ...[
    "PUB a",
    "PUB a x",
    "PUB a -1",
    "PUB a b c 1",
    "SUB a",
    "SUB a b c d",
    "UNSUB 1 2 3",
    "HPUB a 5",
    "HPUB a 30 19",
    "HPUB a -1 19",
  ].map(
    (line): Exchange => ({
      name: `the arguments of ${line} end the connection without a word`,
      says: [line, "PING"],
      hears: [],
      isClosed: true,
    }),
  ),
  {
    name: "a payload ends where it was said to end",
    says: ["PUB a 1", "xyz", "PING"],
    hears: ["-ERR 'Unknown Protocol Operation'"],
    isClosed: true,
  },
  {
    name: "a payload has a maximum",
    says: ["PUB a 2000000", "PING"],
    hears: ["-ERR 'Maximum Payload Violation'"],
    isClosed: true,
  },
  {
    name: "a line has a maximum",
    says: [`SUB ${"a".repeat(5000)} 1`, "PING"],
    hears: ["-ERR 'maximum control line exceeded'"],
    isClosed: true,
  },
];

const subjects: readonly Exchange[] = [
  {
    name: "wildcards in what is published are tokens like any other",
    says: ["SUB a.* 1", "SUB a.b 2", "PUB a.* 1", "x", "PUB a.> 1", "y", "PING"],
    hears: ["MSG a.* 1 1", "x", "MSG a.> 1 1", "y", "PONG"],
  },
  {
    name: "the pedantic are told so",
    connect: pedantic,
    says: ["SUB a.* 1", "PUB a.* 1", "x", "PING"],
    hears: ["-ERR 'Invalid Publish Subject'", "MSG a.* 1 1", "x", "PONG"],
  },
  {
    name: "a star within a token is a letter",
    says: ["SUB a* 1", "SUB b>c 2", "PUB a* 1", "x", "PUB ax 1", "y", "PUB b>c 1", "z", "PING"],
    hears: ["MSG a* 1 1", "x", "MSG b>c 2 1", "z", "PONG"],
  },
  {
    name: "empty tokens are covered by no permission",
    says: ["SUB a. 1", "PUB a..b 1", "x", "SUB a.>.b 1", "PING"],
    hears: [
      `-ERR 'Permissions Violation for Subscription to "a."'`,
      `-ERR 'Permissions Violation for Publish to "a..b"'`,
      "-ERR 'Invalid Subject'",
      "PONG",
    ],
  },
  {
    name: "permissions hold for publishing and for subscribing, in groups too",
    user: "few",
    says: ["PUB no.x 1", "x", "SUB no 1", "SUB ok.> 2", "SUB > 3", "SUB w.* 4", "SUB *.x 5", "SUB no q 6", "PING"],
    hears: [
      `-ERR 'Permissions Violation for Publish to "no.x"'`,
      `-ERR 'Permissions Violation for Subscription to "no"'`,
      `-ERR 'Permissions Violation for Subscription to ">"'`,
      `-ERR 'Permissions Violation for Subscription to "*.x"'`,
      `-ERR 'Permissions Violation for Subscription to "no" using queue "q"'`,
      "PONG",
    ],
  },
  {
    name: "what may not be published is no question without an answer either",
    user: "few",
    says: ["SUB ok.r 1", "PUB no.x ok.r 1", "x", "PING"],
    hears: [`-ERR 'Permissions Violation for Publish to "no.x"'`, "PONG"],
  },
];

const subscriptions: readonly Exchange[] = [
  {
    name: "a name in use is not given again",
    says: ["SUB a 1", "SUB b 1", "PUB a 1", "x", "PUB b 1", "y", "PING"],
    hears: ["MSG a 1 1", "x", "PONG"],
  },
  ...["x", "0", "-3"].map(
    (max): Exchange => ({
      name: `a maximum of ${max} is none: the subscription ends`,
      says: ["SUB a 1", `UNSUB 1 ${max}`, "PUB a 1", "x", "PING"],
      hears: ["PONG"],
    }),
  ),
  {
    name: "a maximum counts from the beginning, and may be raised",
    says: ["SUB a 1", "UNSUB 1 1", "UNSUB 1 2", "PUB a 1", "1", "PUB a 1", "2", "PUB a 1", "3", "PING"],
    hears: ["MSG a 1 1", "1", "MSG a 1 1", "2", "PONG"],
  },
  {
    name: "a maximum already passed ends the subscription",
    says: ["SUB a 1", "PUB a 1", "1", "PUB a 1", "2", "UNSUB 1 1", "PUB a 1", "3", "PING"],
    hears: ["MSG a 1 1", "1", "MSG a 1 1", "2", "PONG"],
  },
  {
    name: "a name is free again once its subscription has ended",
    says: ["SUB a 1", "UNSUB 1 1", "PUB a 1", "1", "SUB a 1", "PUB a 1", "2", "PING"],
    hears: ["MSG a 1 1", "1", "MSG a 1 1", "2", "PONG"],
  },
  {
    name: "who wants no echo is not heard by itself, and told that nobody heard",
    connect: { echo: false },
    says: ["SUB a 1", "SUB r 2", "PUB a r 1", "x", "PING"],
    hears: ["HMSG r 2 16 16", ...NOBODY_HEARD, "PONG"],
  },
];

const questions: readonly Exchange[] = [
  {
    name: "a question that nobody hears is answered with 503",
    says: ["SUB r 1", "PUB a r 1", "x", "PING"],
    hears: ["HMSG r 1 16 16", ...NOBODY_HEARD, "PONG"],
  },
  {
    name: "a question to a subscription that has had its fill is heard by nobody",
    says: ["SUB r 1", "SUB a 2", "UNSUB 2 1", "PUB a r 1", "x", "PUB a r 1", "y", "PING"],
    hears: ["MSG a 2 r 1", "x", "HMSG r 1 16 16", ...NOBODY_HEARD, "PONG"],
  },
  {
    name: "503 does not count towards a maximum",
    says: ["SUB r 1", "UNSUB 1 1", "PUB a r 1", "x", "PUB r 1", "y", "PING"],
    hears: ["HMSG r 1 16 16", ...NOBODY_HEARD, "MSG r 1 1", "y", "PONG"],
  },
  {
    name: "503 is not for queue groups",
    says: ["SUB r q 1", "PUB a r 1", "x", "PING"],
    hears: ["PONG"],
  },
  {
    name: "503 is for those who asked for it",
    connect: { no_responders: false },
    says: ["SUB r 1", "PUB a r 1", "x", "PING"],
    hears: ["PONG"],
  },
];

const headers: readonly Exchange[] = [
  {
    name: "headers travel, with a reply and without",
    says: ["SUB a 1", "HPUB a 18 19", ...HEADED, "HPUB a r 18 19", ...HEADED, "PING"],
    hears: ["HMSG a 1 18 19", ...HEADED, "HMSG a 1 r 18 19", ...HEADED, "PONG"],
  },
  {
    name: "headers of those who said that they know none end the connection without a word",
    connect: { headers: false, no_responders: false },
    says: ["HPUB a 18 19", ...HEADED, "PING"],
    hears: [],
    isClosed: true,
  },
];

export const EXCHANGES: readonly Exchange[] = [
  ...logins,
  ...commands,
  ...subjects,
  ...subscriptions,
  ...questions,
  ...headers,
];
