import type { Call, HardwareReading } from "@bellmesh/mesh";
import type { ExchangeResponse } from "@bellmesh/wire/clock-sync";

/** An exchange that is under way: its call, and t3. */
export interface PendingExchange {
  readonly call: Call<ExchangeResponse>;
  readonly sequence: number;
  readonly requestSent: HardwareReading;
}
