import { ByteBudget } from "./byte-budget.ts";
import { MAX_CONNECT_BYTES } from "./connect-packet.ts";
import type { EmulatorLimits } from "./defaults.ts";
import { LimitLog } from "./limit-log.ts";
import type { Surroundings } from "./surroundings.ts";

/** What one emulator lets its clients hold, over all ports and services. */
export interface ClientBounds {
  readonly limits: EmulatorLimits;
  readonly limitLog: LimitLog;
  /** What devices were sent and have not read. */
  readonly unread: ByteBudget;
  /** What connections have sent of their CONNECTs. */
  readonly connects: ByteBudget;
}

export function clientBounds(around: Surroundings): ClientBounds {
  const { limits } = around;
  const limitLog = new LimitLog(around);
  const unread = {
    each: limits.unreadMaxBytes,
    total: limits.unreadTotalMaxBytes,
    names: { each: "unreadMaxBytes", total: "unreadTotalMaxBytes" },
  } as const;
  const connects = {
    // One that announces more is closed at its header.
    each: 2 * MAX_CONNECT_BYTES,
    total: limits.connectsPendingMaxBytes,
    names: { each: "connectsPendingMaxBytes", total: "connectsPendingMaxBytes" },
  } as const;
  return {
    limits,
    limitLog,
    unread: new ByteBudget(unread, limitLog),
    connects: new ByteBudget(connects, limitLog),
  };
}
