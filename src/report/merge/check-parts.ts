import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import type { Part } from "./part.ts";

type Shard = NonNullable<Part["plan"]["shard"]>;

/** A record that is known to be of one part of a plan. */
export interface CheckedPart extends Part {
  readonly shard: Shard;
}

/** `2/4`. */
export const partText = ({ index, of }: Shard): string => `${index}/${of}`;

/**
 * Sees to it that records are the parts of one plan, each once and all of them.
 *
 * @param options `partial`: some may be missing
 * @returns in the order of their numbers
 * @throws {FleetError} `FILE_INVALID` with everything that does not fit, each at its folder
 */
export function checkParts(
  parts: readonly Part[],
  { partial }: { readonly partial: boolean },
): readonly CheckedPart[] {
  const problems: Problem[] = [];
  const checked: CheckedPart[] = [];
  for (const part of parts) {
    const { shard, merged } = part.plan;
    if (shard !== null) {
      checked.push({ ...part, shard });
      continue;
    }
    const got = merged === null ? "a whole run" : "runs that are merged already";
    problems.push({
      place: part.shown,
      message: `expected a part of a plan, got ${got}`,
      hint: "a part is what run --shard I/N leaves; report RUN has the results of a whole run",
    });
  }
  const [first] = checked;
  if (first !== undefined) {
    problems.push(...misfits(checked, first));
    if (problems.length === 0 && !partial) problems.push(...missing(checked, first.shard.of));
  }
  if (problems.length > 0) {
    throw new FleetError("FILE_INVALID", "these runs are not the parts of one plan", { problems });
  }
  return checked.toSorted((a, b) => a.shard.index - b.shard.index);
}

/** What keeps records from being merged with the first one. */
function misfits(parts: readonly CheckedPart[], first: CheckedPart): Problem[] {
  const seen = new Map<number, string>();
  return parts.flatMap((part): Problem[] => {
    const { plan, shard, shown: place } = part;
    const asIn = `as in ${first.shown}`;
    if (plan.planFingerprint !== first.plan.planFingerprint) {
      const message = `expected a part of the plan ${first.plan.planFingerprint}, ${asIn}, got one of ${plan.planFingerprint}`;
      const hint =
        "parts of one plan are made with the same scenario, options and seed, and --shard 1/N to N/N";
      return [{ place, message, hint }];
    }
    if (plan.version !== first.plan.version) {
      const message = `expected version ${first.plan.version}, ${asIn}, got ${plan.version}`;
      return [{ place, message, hint: "run all parts with the same version of dps-fleet" }];
    }
    if (shard.of !== first.shard.of) {
      const message = `expected one of ${first.shard.of} parts, ${asIn}, got ${partText(shard)}`;
      return [{ place, message, hint: "run all parts with the same N" }];
    }
    const other = seen.get(shard.index);
    seen.set(shard.index, other ?? place);
    if (other === undefined) return [];
    const message = `expected each part once, got ${partText(shard)} again, as in ${other}`;
    return [{ place, message, hint: "leave one of them out" }];
  });
}

function missing(parts: readonly CheckedPart[], of: number): Problem[] {
  const gaps = missingParts(parts);
  if (gaps.length === 0) return [];
  const message = `expected all ${of} parts, got no ${gaps.map((index) => partText({ index, of })).join(", ")}`;
  const hint = "give their folders too; --partial judges those that are there";
  return [{ place: "DIR", message, hint }];
}

/** The numbers of the parts that are not among these. */
export function missingParts(parts: readonly CheckedPart[]): readonly number[] {
  const there = new Set(parts.map(({ shard }) => shard.index));
  const of = parts[0]?.shard.of ?? 0;
  return Array.from({ length: of }, (_, at) => at + 1).filter((index) => !there.has(index));
}
