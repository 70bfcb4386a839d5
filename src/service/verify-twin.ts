import { FleetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { sleep } from "../base/retry.ts";
import { patchTwin } from "./change-twin.ts";
import type { DeviceTwin } from "./device-twin.ts";
import { readTwin } from "./device-twin.ts";
import type { DeviceAt } from "./find-devices.ts";
import type { DesiredPatch, PropertyShown } from "./property-shown.ts";
import { allShownMs, propertiesShown, stampMs } from "./property-shown.ts";

/** How one device followed a patch of its desired properties. */
export type Followed = {
  readonly device: DeviceAt;
  readonly patch: DesiredPatch;
  readonly properties: readonly PropertyShown[];
  /** Whether it showed the value before it was patched: then only a report after the patch counts. */
  readonly shownBefore: boolean;
} & (
  | {
      readonly state: "reported";
      /** From the patch to the last report, ms, both by the hub's clock. */
      readonly ms: number;
      /** How long before it was seen the look before was, ms: it is not known any closer when it could be read. */
      readonly seenWithinMs: number;
    }
  | {
      /** `late`: it reported after the limit. `missing`: it did not. `unknown`: stopped before. */
      readonly state: "late" | "missing" | "unknown";
      /** The twin as it was seen last. */
      readonly twin: DeviceTwin;
    }
);

export interface VerifyOptions {
  readonly desired: JsonObject;
  /** From a device's patch to its report, ms > 0. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: (() => number) | undefined;
}

/** A device that follows is there after two looks; one that does not costs a dozen in the first half minute. */
const GAP = { firstMs: 150, factor: 1.6, maxMs: 5_000 } as const;

/**
 * Patches a device's desired properties and looks at its twin, less and less often, until all of them are reported or
 * the time is up; the last look is after that. Times are the hub's own, so that slow looks make no device slower.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE` where it cannot be patched; the signal's reason where that aborts before
 */
export async function verifyTwin(device: DeviceAt, options: VerifyOptions): Promise<Followed> {
  const { desired, timeoutMs, signal, now = () => performance.now() } = options;
  const { deviceId, hub } = device;
  const patched = await hub
    .pace("twinUpdates")
    .run(() => patchTwin(hub, deviceId, { desired }, { signal }), { signal });
  const patchedMs = now();
  const atMs = stampMs(patched.desired.metadata);
  if (atMs === undefined)
    throw new FleetError("REFUSED", `${hub.host} does not say when it patched ${deviceId}`);
  const patch = { desired, version: patched.desired.version, atMs };
  const shownBefore = propertiesShown(patch, patched.reported).every(({ state }) =>
    ["shown", "earlier"].includes(state),
  );
  let twin = patched;
  let gapMs: number = GAP.firstMs;
  let lookedMs = patchedMs;
  const end = (state: "late" | "missing" | "unknown"): Followed => ({
    device,
    patch,
    shownBefore,
    properties: propertiesShown(patch, twin.reported),
    state,
    twin,
  });
  for (;;) {
    const leftMs = patchedMs + timeoutMs - now();
    try {
      await sleep(Math.max(0, Math.min(gapMs, leftMs)), signal);
      const isLast = now() >= patchedMs + timeoutMs;
      const beforeMs = lookedMs;
      twin = await hub.pace("twinReads").run(() => readTwin(hub, deviceId, signal), { signal });
      lookedMs = now();
      const properties = propertiesShown(patch, twin.reported);
      const shownMs = allShownMs(properties);
      if (shownMs !== undefined) {
        const ms = shownMs - patch.atMs;
        if (ms > timeoutMs) return end("late");
        const seenWithinMs = lookedMs - beforeMs;
        return { device, patch, shownBefore, properties, state: "reported", ms, seenWithinMs };
      }
      if (isLast) return end("missing");
    } catch (error) {
      if (signal?.aborted === true) return end("unknown");
      throw error;
    }
    gapMs = Math.min(GAP.maxMs, gapMs * GAP.factor);
  }
}
