import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import { readTwin } from "./device-twin.ts";
import type { PacedHub } from "./paced-hub.ts";
import { pacedCalls } from "./paced-calls.ts";
import { queryDevices } from "./query-devices.ts";
import { RefusedCall } from "./service-error.ts";

/** A device and the hub that it is at. */
export interface DeviceAt {
  readonly deviceId: string;
  readonly hub: PacedHub;
}

/** Where devices are, and those that could not be found. */
export interface FoundDevices {
  readonly found: readonly DeviceAt[];
  /** `error` says why, without the device's id. */
  readonly missing: readonly { readonly deviceId: string; readonly error: FleetError }[];
}

const isUnknown = (error: unknown): boolean =>
  error instanceof RefusedCall && error.refusal.status === 404;

/**
 * Looks for devices in all hubs. With one hub nothing is asked: whatever is done next tells.
 *
 * @param options.onFound told after each look
 * @throws {FleetError} what keeps a hub from answering at all
 */
export async function findDevices(
  hubs: readonly PacedHub[],
  deviceIds: readonly string[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onFound?: ((done: number, total: number) => void) | undefined;
  } = {},
): Promise<FoundDevices> {
  const { signal, onFound } = options;
  const [first, ...others] = hubs;
  if (first === undefined) throw new TypeError("no hub is open");
  if (others.length === 0)
    return { found: deviceIds.map((deviceId) => ({ deviceId, hub: first })), missing: [] };
  const looks = hubs.flatMap((hub) => deviceIds.map((deviceId) => ({ deviceId, hub })));
  const places = new Map<string, PacedHub[]>(deviceIds.map((deviceId) => [deviceId, []]));
  await pacedCalls({
    items: looks,
    paceOf: ({ hub }) => hub.pace("twinReads"),
    work: async ({ deviceId, hub }, stop) => {
      await readTwin(hub, deviceId, stop);
    },
    signal,
    onOutcome: (outcome, { done, total }) => {
      const { deviceId, hub } = outcome.item;
      if (outcome.ok) places.get(deviceId)?.push(hub);
      else if (!isUnknown(outcome.error)) throw outcome.error;
      onFound?.(done, total);
    },
  });
  signal?.throwIfAborted();
  const found = [...places].flatMap(([deviceId, at]) => {
    const [hub] = at;
    return hub !== undefined && at.length === 1 ? [{ deviceId, hub }] : [];
  });
  const missing = [...places].flatMap(([deviceId, at]) =>
    at.length === 1 ? [] : [{ deviceId, error: notFound(at, hubs) }],
  );
  return { found, missing };
}

const names = (hubs: readonly PacedHub[]): string => hubs.map(({ host }) => host).join(", ");

function notFound(at: readonly PacedHub[], hubs: readonly PacedHub[]): FleetError {
  if (at.length === 0)
    return new FleetError("REFUSED", `it is at none of the hubs ${names(hubs)}`, {
      hint: "check its id (capitals count), and that it was assigned to one of these hubs",
    });
  return new FleetError("REFUSED", `it is at several hubs: ${names(at)}`, {
    hint: "name the one that is meant: --hub HOST",
  });
}

const device = z.object({ deviceId: z.string() });

/**
 * The devices that a query gives, of all hubs.
 *
 * @throws {FleetError} `USAGE` where its rows are no devices; as {@link queryDevices}
 */
export async function devicesByQuery(
  hubs: readonly PacedHub[],
  sql: string,
  signal?: AbortSignal,
): Promise<readonly DeviceAt[]> {
  const found: DeviceAt[] = [];
  for (const hub of hubs)
    for await (const page of queryDevices(hub, sql, signal))
      for (const row of page) found.push({ deviceId: deviceIdOf(row), hub });
  return found;
}

/** @throws {FleetError} `USAGE` where a row of a query names no device */
export function deviceIdOf(row: unknown): string {
  const { success, data } = device.safeParse(row);
  if (success) return data.deviceId;
  throw new FleetError("USAGE", "the query gives no devices", {
    problems: [{ place: "--query", message: "expected rows with deviceId, got others" }],
    hint: 'write it as "SELECT * FROM devices WHERE …"',
  });
}
