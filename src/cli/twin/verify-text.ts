import { formatDuration } from "../../base/units.ts";
import { plural } from "../../output/terminal-text.ts";
import { textTable } from "../../output/text-table.ts";
import { someIds } from "../selection/failures.ts";
import { shortHub } from "../selection/print-results.ts";
import { stragglerText } from "./straggler-text.ts";
import { timeText } from "./twin-text.ts";
import type { VerifyResult } from "./verify-result.ts";
import { latencies, longestGapMs } from "./verify-result.ts";

/** The whole result for people. */
export function verifyText(result: VerifyResult, { hubs }: { readonly hubs: number }): string {
  const { selected, reported, timeoutMs } = result;
  const parts = [
    `${reported.length} of ${plural(selected, "device")} reported it within ${formatDuration(timeoutMs)}\n`,
    ...latencyLines(result),
    ...othersLines(result),
    ...stragglerTable(result, hubs > 1),
  ];
  return parts.join("");
}

function latencyLines(result: VerifyResult): readonly string[] {
  const { count, min, p50, p90, p95, p99, max } = latencies(result);
  if (count === 0) return [];
  const numbers = Object.entries({ min, p50, p90, p95, p99, max })
    .map(([name, ms]) => `${name} ${ms ?? "-"}`)
    .join("  ");
  return [
    `patch to report, ms by the hub's clock: ${numbers}\n`,
    `seen by looking at the twins, at most ${longestGapMs(result) ?? 0} ms apart\n`,
  ];
}

function othersLines({ others }: VerifyResult): readonly string[] {
  if (others === undefined) return [];
  if (others.length === 0) return ["nobody else reports it\n"];
  const ids = someIds(others.map(({ deviceId }) => deviceId));
  return [`${plural(others.length, "device")} that nobody patched report it too: ${ids}\n`];
}

function stragglerTable({ stragglers }: VerifyResult, hubShown: boolean): readonly string[] {
  if (stragglers.length === 0) return [];
  const header = [
    "DEVICE",
    ...(hubShown ? ["HUB"] : []),
    "CONNECTION",
    "LAST ACTIVITY",
    "REPORTED",
  ];
  const rows = stragglers.map((straggler) => [
    straggler.device.deviceId,
    ...(hubShown ? [shortHub(straggler.device)] : []),
    straggler.twin.connectionState ?? "-",
    timeText(straggler.twin.lastActivityTime),
    stragglerText(straggler),
  ]);
  return ["\n", textTable(header, rows)];
}
