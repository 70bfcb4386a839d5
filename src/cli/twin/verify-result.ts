import type { Json, JsonObject } from "../../base/json.ts";
import { exactPercentiles } from "../../metrics/exact-percentiles.ts";
import type { Percentiles } from "../../metrics/percentiles.ts";
import type { OtherDevice } from "../../service/shown-by-others.ts";
import type { Followed } from "../../service/verify-twin.ts";
import type { DeviceFailure } from "../selection/failures.ts";
import type { Straggler } from "./straggler-text.ts";

/** How a patch went through a fleet. */
export interface VerifyResult {
  readonly desired: JsonObject;
  readonly timeoutMs: number;
  readonly interrupted: boolean;
  /** How many devices were named. */
  readonly selected: number;
  readonly reported: readonly Extract<Followed, { state: "reported" }>[];
  readonly stragglers: readonly Straggler[];
  /** Devices that could not be found, patched or read. */
  readonly failed: readonly DeviceFailure[];
  /** Undefined where they were not or could not be looked for. */
  readonly others: readonly OtherDevice[] | undefined;
}

/** From the patch to the report, by the hub's clock. */
export const latencies = ({ reported }: VerifyResult): Percentiles =>
  exactPercentiles(reported.map(({ ms }) => ms));

/** The longest time between two looks at a twin of which the second saw the report; null where none did. */
export const longestGapMs = ({ reported }: VerifyResult): number | null =>
  reported.length === 0
    ? null
    : Math.round(reported.reduce((most, { seenWithinMs }) => Math.max(most, seenWithinMs), 0));

export const verdictOf = (result: VerifyResult): "passed" | "failed" | "interrupted" => {
  if (result.interrupted) return "interrupted";
  return result.reported.length === result.selected ? "passed" : "failed";
};

const isoTime = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();

/** What `--json` prints; docs/twins-and-methods.md describes it. */
export function verifyDocument(result: VerifyResult): Readonly<Record<string, unknown>> {
  const { desired, timeoutMs, selected, reported, stragglers, failed, others } = result;
  return {
    desired,
    timeoutMs,
    verdict: verdictOf(result),
    devices: {
      selected,
      reported: reported.length,
      late: stragglers.filter(({ state }) => state === "late").length,
      missing: stragglers.filter(({ state }) => state !== "late").length,
      failed: failed.length,
      others: others?.length ?? null,
    },
    ms: latencies(result),
    looksApartMs: longestGapMs(result),
    reported: reported.map(({ device, patch, ms }) => ({
      ...placeOf(device),
      version: patch.version,
      ms,
    })),
    stragglers: stragglers.map(stragglerMembers),
    failed: failed.map(({ deviceId, error }) => ({
      deviceId,
      error: { code: error.code, message: error.message },
    })),
    others:
      others?.map(({ atMs, ...device }) => ({ ...placeOf(device), reportedAt: isoTime(atMs) })) ??
      null,
  };
}

function stragglerMembers({ device, patch, state, twin, properties }: Straggler) {
  return {
    ...placeOf(device),
    version: patch.version,
    state,
    connectionState: twin.connectionState ?? null,
    lastActivityTime: twin.lastActivityTime ?? null,
    properties: properties.map(({ path, state: shown, reported, atMs, ac, av, ad }) => ({
      path,
      state: shown,
      reported: reported ?? (null satisfies Json),
      reportedAt: isoTime(atMs),
      ...(ac === undefined ? {} : { ac }),
      ...(av === undefined ? {} : { av }),
      ...(ad === undefined ? {} : { ad }),
    })),
  };
}

const placeOf = ({ deviceId, hub }: Pick<OtherDevice, "deviceId" | "hub">) => ({
  deviceId,
  hub: hub.host,
});
