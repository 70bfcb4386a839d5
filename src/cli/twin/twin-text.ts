import type { JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { textTable } from "../../output/text-table.ts";
import { printable } from "../../output/text-width.ts";
import type { DeviceTwin, TwinSection } from "../../service/device-twin.ts";
import { stampMs } from "../../service/property-shown.ts";

/** A time of the hub; the first one that there is stands for none. */
export const timeText = (time: string | undefined): string =>
  time === undefined || time.startsWith("0001-") ? "never" : time;

/** A whole twin for people: what the registry knows, then a line for each tag and property. */
export function twinText(twin: DeviceTwin, hub: string): string {
  const facts: readonly (readonly [string, string])[] = [
    ["status", twin.status ?? "-"],
    [
      "connection",
      `${twin.connectionState ?? "-"}, last activity ${timeText(twin.lastActivityTime)}`,
    ],
    ["authentication", twin.authenticationType ?? "-"],
    ...(twin.modelId ? [["model", twin.modelId] as const] : []),
    ["etag", twin.etag],
    ["version", String(twin.version)],
    ["desired $version", String(twin.desired.version)],
    ["reported $version", String(twin.reported.version)],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const head = facts.map(([name, value]) => `  ${name.padEnd(width)}  ${printable(value)}\n`);
  const rows = [
    ...leaves(twin.tags, {}, ["tags"]),
    ...sectionLeaves("desired", twin.desired),
    ...sectionLeaves("reported", twin.reported),
  ];
  const table = rows.length === 0 ? "" : `\n${textTable(["NAME", "VALUE", "UPDATED"], rows)}`;
  return `${printable(twin.deviceId)} at ${hub}\n${head.join("")}${table}`;
}

const sectionLeaves = (name: string, { values, metadata }: TwinSection) =>
  leaves(values, metadata, [name]);

type Row = readonly [path: string, value: string, updated: string];

function leaves(values: JsonObject, metadata: JsonObject, path: readonly string[]): readonly Row[] {
  return Object.entries(values).flatMap(([key, value]): readonly Row[] => {
    const own = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    const stamps = isJsonObject(own) ? own : {};
    const place = [...path, key];
    if (isJsonObject(value) && Object.keys(value).length > 0) return leaves(value, stamps, place);
    const ms = stampMs(stamps);
    const updated = ms === undefined ? "" : new Date(ms).toISOString();
    return [[place.join("."), JSON.stringify(value), updated]];
  });
}
