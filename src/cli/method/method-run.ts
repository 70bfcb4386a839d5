import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import { METHOD_BLOCK_BYTES } from "../../base/hub-tiers.ts";
import { plural } from "../../output/terminal-text.ts";
import { printable } from "../../output/text-width.ts";
import type { MethodAnswer } from "../../service/invoke-method.ts";
import { invokeMethod } from "../../service/invoke-method.ts";
import type { Host } from "../host.ts";
import { readJsonFlag } from "../json-flag.ts";
import { someIds } from "../selection/failures.ts";
import type { HubSession } from "../selection/hub-session.ts";
import { withHubs } from "../selection/hub-session.ts";
import type { DeviceResults } from "../selection/on-devices.ts";
import { onDevices } from "../selection/on-devices.ts";
import type { ResultColumns } from "../selection/print-results.ts";
import { printResults } from "../selection/print-results.ts";
import { selectDevices } from "../selection/select-devices.ts";
import type { MethodFlags } from "./method-flags.ts";

const COLUMNS: ResultColumns<MethodAnswer> = {
  header: ["STATUS", "PAYLOAD"],
  row: ({ status, payload }) => [String(status), JSON.stringify(payload)],
  members: ({ status, payload }) => ({ status, payload }),
};

/**
 * Invokes a direct method and prints what the devices answer.
 *
 * @throws {FleetError} `REFUSED` where one answers with a status that is no success, or could not be reached; `USAGE`,
 *   `FILE_INVALID`, `UNREACHABLE`, `INTERRUPTED`
 */
export async function runMethod(flags: MethodFlags, host: Host): Promise<void> {
  const { method: name, payload: text, responseTimeoutS, connectTimeoutS } = flags;
  const payload =
    text === undefined
      ? undefined
      : await readJsonFlag(z.json(), { flag: "--payload", text }, host.cwd);
  const request = { name, payload, responseTimeoutS, connectTimeoutS };
  await withHubs(flags, host, async (session) => {
    const devices = await selectDevices(flags, session, host);
    const results = await onDevices(devices, session, host, {
      kind: "methods",
      cost: Math.ceil(Buffer.byteLength(JSON.stringify(payload ?? null)) / METHOD_BLOCK_BYTES),
      doing: `invoking ${name}`,
      done: "invoked",
      work: ({ deviceId, hub }, signal) => invokeMethod(hub, deviceId, request, signal),
    });
    print(results, flags, session, host);
    results.requireAll();
    requireSuccess(results);
  });
}

function print(
  results: DeviceResults<MethodAnswer>,
  { json, ids }: MethodFlags,
  { hubs }: HubSession,
  host: Host,
): void {
  const [only] = results.values;
  if (json || ids.length !== 1 || only === undefined) {
    printResults(results, COLUMNS, { json, hubs: hubs.length, host });
    return;
  }
  const { status, payload } = only.value;
  const shown = JSON.stringify(payload, undefined, 2).split("\n").map(printable).join("\n");
  host.stdout.write(`status ${status}\n${shown}\n`);
}

function requireSuccess({ values }: DeviceResults<MethodAnswer>): void {
  const bad = values.filter(({ value }) => value.status < 200 || value.status > 299);
  if (bad.length === 0) return;
  const statuses = [...new Set(bad.map(({ value }) => value.status))].toSorted((a, b) => a - b);
  const withStatus = (status: number) => bad.filter(({ value }) => value.status === status);
  const ids = (some: typeof bad): string => someIds(some.map(({ device }) => device.deviceId));
  throw new FleetError(
    "REFUSED",
    values.length === 1
      ? `${ids(bad)} answered with status ${bad[0]?.value.status}`
      : `${bad.length} of ${plural(values.length, "device")} answered with a status that is no success`,
    {
      problems:
        values.length === 1
          ? []
          : statuses.map((status) => ({
              place: `status ${status}`,
              message: `${plural(withStatus(status).length, "device")}: ${ids(withStatus(status))}`,
            })),
      hint: "the status is the device's own: expected 200 to 299",
    },
  );
}
