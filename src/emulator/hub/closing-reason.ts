import type { ConnectionEnd } from "../connection-end.ts";

/** Why a connection ended where it did not end well: number and name as Azure's logs have them. */
export interface ClosingReason {
  readonly code: number;
  readonly name: string;
  /** In words, without anything that a client sent. */
  readonly details: string;
}

/**
 * Why a hub closes connections of its own accord.
 * Numbers: Microsoft Learn, "Understand and resolve Azure IoT Hub errors".
 */
export const CLOSING_REASONS = {
  replaced: {
    code: 400_027,
    name: "ConnectionForcefullyClosedOnNewConnection",
    details: "the device has connected again",
  },
  expired: { code: 401_003, name: "IotHubUnauthorized", details: "the SAS token has expired" },
  revoked: {
    code: 401_003,
    name: "IotHubUnauthorized",
    details: "the identity is disabled, deleted, or has other credentials",
  },
} as const satisfies Readonly<Record<string, ClosingReason>>;

/**
 * What became of a connection that the hub had no reason to close; undefined where it ended in good order. 404104 is
 * documented; which number Azure gives to what a hub does not allow is not.
 */
export function closingReasonOf(end: ConnectionEnd): ClosingReason | undefined {
  switch (end.kind) {
    case "disconnected":
    case "stopped":
      return undefined;
    case "lost":
      return closedRemotely("the connection was lost without a DISCONNECT");
    case "silent":
      return closedRemotely("nothing came for one and a half times the keepalive");
    case "notAllowed":
      return {
        code: 400_003,
        name: "InvalidOperation",
        details: "a topic, a filter or a packet that the hub does not allow",
      };
    case "refused":
      return {
        code: end.fault.code,
        name: end.fault.codeName,
        details: "the hub refused a message",
      };
    default:
      return end satisfies never;
  }
}

function closedRemotely(details: string): ClosingReason {
  return { code: 404_104, name: "DeviceConnectionClosedRemotely", details };
}
