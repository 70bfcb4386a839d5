import type { DeviceKeys, WireClient } from "../../integration/emulator-wire.ts";
import { subscribePacket } from "../../integration/emulator-wire.ts";
import type { Entries } from "./entries.ts";
import type { HubWire, RawHubOptions } from "./raw-hub.ts";
import { rawHub } from "./raw-hub.ts";
import type { Target } from "./target.ts";
import { thumbprintOf } from "./twins.ts";

/** A device that the first hub knows by its certificate's thumbprint. */
export interface CertifiedDevice {
  readonly id: string;
  readonly keys: DeviceKeys;
}

/** Creates an identity with a certificate of its own. */
export async function certifiedDevice(
  target: Target,
  my: Entries,
  text: string,
): Promise<CertifiedDevice> {
  const id = my.name(text);
  const keys = await target.pki.leaf(id);
  await my.identity(id, thumbprintOf(keys));
  return { id, keys };
}

/** Connects a device to the first hub without Microsoft's SDK; the CONNACK is checked. */
export async function wireDevice(
  target: Target,
  { id, keys }: CertifiedDevice,
  more: RawHubOptions = {},
): Promise<HubWire> {
  return rawHub(target, id, { keys, ...more });
}

/** Subscribes, and waits until all is granted. */
export async function subscribe(
  client: WireClient,
  filters: readonly string[],
  qos: 0 | 1 = 0,
): Promise<void> {
  for (const filter of filters) {
    client.send(subscribePacket(filter, qos, 9));
    const suback = await client.next();
    if (suback.cmd !== "suback" || suback.granted[0] !== qos)
      throw new Error(`not granted: ${JSON.stringify(suback)}`);
  }
}
