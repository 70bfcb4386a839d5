import type { Json } from "../../base/json.ts";
import { textTable } from "../../output/text-table.ts";
import type { DeviceAt } from "../../service/find-devices.ts";
import type { Host } from "../host.ts";
import type { DeviceFailure } from "./failures.ts";
import type { DeviceResults } from "./on-devices.ts";

/** How results are shown: as a table for people, as lines of JSON for programs. */
export interface ResultColumns<Value> {
  /** Beside the device and, where there are several, its hub. */
  readonly header: readonly string[];
  readonly row: (value: Value) => readonly string[];
  /** Beside `deviceId` and `hub`. */
  readonly members: (value: Value) => Readonly<Record<string, Json | undefined>>;
}

/** What a line of JSON says of a device for which it failed; people read the causes on stderr. */
export const failedLine = ({ deviceId, error }: DeviceFailure): string =>
  `${JSON.stringify({ deviceId, error: { code: error.code, message: error.message } })}\n`;

/** Prints the results; failures only as JSON, where every device that was named has its line. */
export function printResults<Value>(
  { values, failures }: DeviceResults<Value>,
  { header, row, members }: ResultColumns<Value>,
  { json, hubs, host }: { json: boolean; hubs: number; host: Pick<Host, "stdout"> },
): void {
  if (json) {
    for (const { device, value } of values)
      host.stdout.write(`${JSON.stringify({ ...placeOf(device), ...members(value) })}\n`);
    for (const failure of failures) host.stdout.write(failedLine(failure));
    return;
  }
  if (values.length === 0) return;
  const hubShown = hubs > 1;
  const table = textTable(
    ["DEVICE", ...(hubShown ? ["HUB"] : []), ...header],
    values.map(({ device, value }) => [
      device.deviceId,
      ...(hubShown ? [shortHub(device)] : []),
      ...row(value),
    ]),
  );
  host.stdout.write(table);
}

const placeOf = ({ deviceId, hub }: DeviceAt) => ({ deviceId, hub: hub.host });

/** The first label of a hub's host name. */
export const shortHub = ({ hub }: Pick<DeviceAt, "hub">): string => hub.host.split(".")[0] ?? "";
