import type { JsonObject } from "../base/json.ts";
import type { DeviceTwin } from "./device-twin.ts";
import { readTwin, twinOfSdk } from "./device-twin.ts";
import type { OpenHubClient } from "./hub-client.ts";
import { replacementPatch } from "./replacement-patch.ts";
import { serviceCall } from "./service-call.ts";
import { RefusedCall } from "./service-error.ts";

type Hub = Pick<OpenHubClient, "registry" | "host">;

/** What a service writes into a twin; a section that is left out stays. */
export interface TwinChange {
  readonly tags?: JsonObject | undefined;
  readonly desired?: JsonObject | undefined;
}

interface ChangeOptions {
  /** The etag that the twin must still have, without quotes; default `*`, whatever it has. */
  readonly etag?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told as the patch goes out; again where it has to be made anew. */
  readonly onPatch?: (() => void) | undefined;
}

/**
 * Merges `change` into the twin: null removes.
 *
 * @returns the twin after it
 * @throws {RefusedCall} 412 where the twin has another etag; {FleetError} `REFUSED` or `UNREACHABLE`
 */
export function patchTwin(
  { registry, host }: Hub,
  deviceId: string,
  { tags, desired }: TwinChange,
  { etag = "*", signal, onPatch }: ChangeOptions = {},
): Promise<DeviceTwin> {
  const patch = {
    ...(tags === undefined ? {} : { tags }),
    ...(desired === undefined ? {} : { properties: { desired } }),
  };
  onPatch?.();
  return serviceCall({ what: `patching the twin of ${deviceId} at ${host}`, signal }, async () => {
    const { responseBody } = await registry.updateTwin(deviceId, patch, etag);
    return twinOfSdk(responseBody);
  });
}

/** So often somebody else may come between reading a twin and writing it. */
const ATTEMPTS = 5;

/**
 * Puts each given section in the place of the one that is there. Microsoft's client has no such call: it is a patch that
 * removes what is there and not wanted, on the etag of what was read, so that nobody's change is lost unseen. Devices are
 * told of what is removed.
 *
 * @returns the twin after it
 * @throws as {@link patchTwin}
 */
export async function replaceTwin(
  hub: Hub,
  deviceId: string,
  { tags, desired }: TwinChange,
  { etag, signal, onPatch }: ChangeOptions = {},
): Promise<DeviceTwin> {
  for (let attempt = 1; ; attempt += 1) {
    const twin = await readTwin(hub, deviceId, signal);
    const patch = {
      ...(tags === undefined ? {} : { tags: replacementPatch(twin.tags, tags) }),
      ...(desired === undefined ? {} : { desired: replacementPatch(twin.desired.values, desired) }),
    };
    try {
      return await patchTwin(hub, deviceId, patch, {
        etag: etag ?? twin.etag,
        signal,
        onPatch,
      });
    } catch (error) {
      const isStale = error instanceof RefusedCall && error.refusal.status === 412;
      if (!isStale || etag !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}
