import { formatDuration } from "../../base/units.ts";
import type { CheckedPart } from "./check-parts.ts";
import { missingParts, partText } from "./check-parts.ts";

/** Begins that differ by more than clocks do are told, in ms. */
const APART_MS = 1_000;

/** What one should know of a merged run that its figures do not show. */
export function mergeNotes(parts: readonly CheckedPart[]): readonly string[] {
  const [first] = parts;
  if (first === undefined) return [];
  const { of } = first.shard;
  const gaps = missingParts(parts);
  const begins = parts.flatMap(({ beginMs }) => beginMs ?? []);
  const apartMs = begins.length === 0 ? 0 : Math.max(...begins) - Math.min(...begins);
  return [
    ...(gaps.length === 0
      ? []
      : [
          `not the whole plan: ${gaps.map((index) => partText({ index, of })).join(", ")} not given, of which nothing is known`,
        ]),
    ...parts
      .filter(({ isWhole }) => !isWhole)
      .map(
        ({ shown, shard, facts }) =>
          `the record of part ${partText(shard)} (${shown}) ends at ${facts.run.durationS.toFixed(1)} s, without an end: what came later is not known`,
      ),
    ...(apartMs > APART_MS
      ? [
          `the parts began ${formatDuration(apartMs)} apart; their times count from the first one (--start-at has them begin together)`,
        ]
      : []),
    ...(parts.some(({ facts }) => facts.ledger === null) &&
    parts.some(({ facts }) => facts.ledger !== null)
      ? ["not every part has a ledger, so the whole has none"]
      : []),
  ];
}
