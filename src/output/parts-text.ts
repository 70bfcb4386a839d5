import type { Summary } from "./summary.ts";

/** Which part of a plan it was, or of which parts it is merged; undefined for a plan that one run did. */
export function partsText({
  shard,
  merged,
}: Pick<Summary["run"], "shard" | "merged">): string | undefined {
  if (shard !== null) return `part ${shard.index}/${shard.of}`;
  if (merged === null) return undefined;
  const { parts, of } = merged;
  if (parts.length === of) return `${of} ${of === 1 ? "part" : "parts"} merged`;
  return `only ${parts.length === 1 ? "part" : "parts"} ${parts.join(", ")} of ${of}`;
}
