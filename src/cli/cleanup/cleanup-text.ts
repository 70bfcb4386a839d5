import { plural } from "../../output/terminal-text.ts";
import type { CleanedUp, CleanupPlan } from "../../service/cleanup.ts";
import { ANY_HUB } from "../../service/remove-devices.ts";
import { byHubText, removalResult } from "../removal.ts";

/** What would be deleted. */
export function planText({ devices, individuals, group }: CleanupPlan, dpsHost: string): string {
  const hubs = byHubText(
    devices.map(({ hub }) => (hub === ANY_HUB ? "whichever hub they are at" : hub)),
  );
  return [
    `cleanup at ${dpsHost}`,
    `  identities: ${hubs || "none"}`,
    `  registration records: of ${plural(devices.length, "device")}`,
    ...(group === undefined ? [] : [`  enrollment group ${group.id}: ${groupText(group)}`]),
    ...(individuals.length === 0
      ? []
      : [`  ${plural(individuals.length, "individual enrollment")}: delete first`]),
    "",
  ].join("\n");
}

/** What was deleted, in lines. */
export function resultText({ individuals, group }: CleanupPlan, removed: CleanedUp): string {
  const { individualsDeleted, groupDeleted } = removed;
  return [
    individuals.length === 0 ? "" : `individual enrollments: ${individualsDeleted} deleted\n`,
    removalResult(removed),
    groupDeleted ? `enrollment group ${group?.id}: deleted\n` : "",
  ].join("");
}

function groupText({ toDelete, keptFor, others }: NonNullable<CleanupPlan["group"]>): string {
  if (toDelete !== undefined) return "disable it first, delete it last";
  switch (keptFor) {
    case "others":
      return `stays, ${plural(others, "other device")} registered through it`;
    case "gone":
      return "is gone already";
    case "notMade":
    case undefined:
      return "stays, the run did not make it";
    default:
      return keptFor satisfies never;
  }
}
