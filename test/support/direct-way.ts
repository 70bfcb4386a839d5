import type { DialRule } from "../../src/base/dial.ts";
import type { DeviceWay, Transport } from "../../src/base/transport.ts";

/** A device's way without a proxy. */
export const directWay = (
  connectTo: readonly DialRule[],
  transport: Transport = "mqtt",
): DeviceWay => ({ transport, connectTo, proxyFor: () => undefined });
