import { DIVERGENCE_WORDS, sidesText } from "./divergence.ts";
import type { DivergenceResult, TwinVersionsResult } from "./twin-summary.ts";
import type { Summary } from "./summary.ts";

/** As many devices are named in a summary for people. */
const NAMED = 5;

/** A line of a summary for people. */
export interface FindingLine {
  /** What it is about; "" = the same as the line before. */
  readonly about: string;
  readonly text: string;
  /** It names a device that does not come along. */
  readonly isBad: boolean;
}

const named = (text: string): FindingLine => ({ about: "", text: `  ${text}`, isBad: true });

/** How desired versions came where they did not come as the hub counts them, and what the oracle found. */
export function twinFindingLines(twin: Summary["twin"]): readonly FindingLine[] {
  const counts = versionCounts({
    missed: twin.desiredMissed,
    duplicate: twin.desiredDuplicate,
    outOfOrder: twin.desiredOutOfOrder,
  });
  const versions =
    counts === ""
      ? []
      : [
          { about: "", text: `desired versions: ${counts}`, isBad: false },
          ...twin.versions.slice(0, NAMED).map((device) => named(versionsText(device))),
        ];
  const { divergences } = twin;
  if (divergences === null) return versions;
  const { devices, looks, failed, begun, ended, notEchoed } = divergences;
  const told = [
    `${looks} looks at ${devices} devices`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${begun} divergences, ${ended} of them ended`,
    ...(notEchoed > 0 ? [`${notEchoed} properties not echoed`] : []),
  ];
  return [
    ...versions,
    { about: "oracle", text: told.join(", "), isBad: false },
    ...divergences.named.slice(0, NAMED).map((found) => named(divergenceText(found))),
  ];
}

/** `cave-2: 1 missed (1 not read either), 2 twice`. */
function versionsText(device: TwinVersionsResult): string {
  const healed = device.notHealed > 0 ? ` (${device.notHealed} of them not read either)` : "";
  return `${device.deviceId}: ${versionCounts(device)}${healed}`;
}

/** `cave-2: temperature is not followed since 5.6 s: desired 55, reported 60`. */
function divergenceText(found: DivergenceResult): string {
  const { deviceId, property, kind, sinceS, endedS } = found;
  const until = endedS === null ? `since ${sinceS} s` : `from ${sinceS} to ${endedS} s`;
  return `${deviceId}: ${property} ${DIVERGENCE_WORDS[kind]} ${until}: ${sidesText(found)}`;
}

function versionCounts({
  missed,
  duplicate,
  outOfOrder,
}: Pick<TwinVersionsResult, "missed" | "duplicate" | "outOfOrder">): string {
  const counts: readonly (readonly [number, string])[] = [
    [missed, "missed"],
    [duplicate, "twice"],
    [outOfOrder, "out of order"],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, how]) => `${count} ${how}`)
    .join(", ");
}
