/** Feedforward over an at-most-once bus: acknowledge and repeat on one side, apply once on the other. */
export { type Admission, Inbox, type InboxCounters } from "./inbox.ts";
export { Outbox, type OutboxCounters, REPEAT_TIMER } from "./outbox.ts";
