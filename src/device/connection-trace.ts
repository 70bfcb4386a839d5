import type { DeviceFailure } from "../base/failure.ts";

/** What one connection did on the wire; times in ms of the given clock. */
export interface ConnectionTrace {
  readonly host: string;
  readonly startedMs: number;
  /** The way to the host was open, through a proxy or not. */
  tcpMs?: number;
  tlsMs?: number;
  /** The WebSocket was open; only where there is one. */
  webSocketMs?: number;
  connackMs?: number;
  /** Whether the hub has kept what an earlier connection subscribed to. */
  sessionPresent?: boolean;
  /** Status of the newest DPS answer; the SDK hides the 429 of a poll. */
  dpsStatus?: number | undefined;
  /** What that answer asked to wait; undefined = nothing. */
  dpsRetryAfterMs?: number | undefined;
  /** The first thing that went wrong; the SDK's own error loses it. */
  failure?: DeviceFailure;
  closed: boolean;
}
