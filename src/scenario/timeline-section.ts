import { z } from "zod";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { formatDuration, parseDuration } from "../base/units.ts";
import { faultEndProblems } from "./fault-action.ts";
import { durationField, nameField, positiveDurationField } from "./fields.ts";
import type { TimelineAction } from "./timeline-action.ts";
import { ACTION_NAMES, actionFields, toAction } from "./timeline-action.ts";

/** The anchor that no action may be called. */
const CONNECTED = "connected";

/** More than any run needs, and few enough that a slip of the pen does not fill the memory. */
const REPEATS_MAX = 100_000;

/** What happens during the run, and when. */
export interface TimelineEntry {
  /** By which other entries know its end. */
  readonly name?: string | undefined;
  /** When it is due, as results show it: `12s`, `connected + 5s`, `cut + 0s`. */
  readonly at: string;
  /** ms after what it is relative to. */
  readonly atMs: number;
  /** `connected`: every device is connected; else the entry of that name has ended; undefined = time 0. */
  readonly after?: string | undefined;
  /** It is done `times` times, `everyMs` from begin to begin. */
  readonly repeat: { readonly times: number; readonly everyMs: number };
  readonly action: TimelineAction;
}

const repeatField = z.strictObject({
  times: z
    .int({ error: ({ input }) => `expected a whole number, got ${showValue(input)}` })
    .min(1)
    .max(REPEATS_MAX)
    .meta({ description: "How often it is done" }),
  every: positiveDurationField.meta({ description: "Time from one begin to the next" }),
});

const entry = z
  .strictObject({
    name: nameField
      .optional()
      .meta({ description: "Name by which after: of other entries knows its end" }),
    at: durationField.optional().meta({
      description: "Time after the first device's start, or after what after: names; default 0s",
    }),
    after: nameField.optional().meta({
      description: "connected: every device is connected; or the entry of that name has ended",
    }),
    repeat: repeatField.optional().meta({ description: "Do it several times" }),
    ...actionFields,
  })
  .superRefine(tellEntry, { when: () => true });

/** What happens during the run. */
export const timelineSection = z.array(entry).superRefine(tellAnchors, { when: () => true });

type Context = Pick<z.core.$RefinementCtx, "addIssue">;

function tellEntry(written: unknown, context: Context): void {
  if (!isJsonObject(written)) return;
  const tell = (path: string[], message: string): void =>
    context.addIssue({ code: "custom", path, message });
  const given = ACTION_NAMES.filter((name) => name in written);
  if (given.length !== 1) {
    const got = given.length === 0 ? "none" : given.join(" and ");
    tell([], `expected one action of ${ACTION_NAMES.join(", ")}, got ${got}`);
  }
  if (!("at" in written) && !("after" in written)) {
    tell([], "expected at: or after:, which say when it is due, got neither");
  }
  const { twin } = written;
  if (isJsonObject(twin) && "step" in twin && !("repeat" in written)) {
    tell(["twin", "step"], "expected repeat: too, whose rounds it is for, got none");
  }
  if (written["name"] === CONNECTED) {
    tell(["name"], `expected another name: after: ${CONNECTED} is when all devices are connected`);
  }
}

/** Names that stand twice, and anchors that are not there or go round in a circle; of a list that may be wrong otherwise. */
function tellAnchors(timeline: unknown, context: Context): void {
  if (!Array.isArray(timeline)) return;
  const entries = timeline.map((written: unknown) => {
    const { name, after } = isJsonObject(written) ? written : {};
    return { name, after };
  });
  const tell = (index: number, key: string, message: string): void =>
    context.addIssue({ code: "custom", path: [index, key], message });
  const names = entries.map(({ name }) => name);
  for (const { index, message } of faultEndProblems(timeline)) {
    context.addIssue({ code: "custom", path: [index, "fault", "end"], message });
  }
  for (const [index, { name, after }] of entries.entries()) {
    const first = names.indexOf(name);
    if (typeof name === "string" && first < index) {
      tell(
        index,
        "name",
        `expected a name of its own, got "${name}", as timeline[${first}] has it`,
      );
    }
    if (typeof after !== "string" || after === CONNECTED) continue;
    const anchors = anchorsOf(entries, index);
    if (anchors === "missing") {
      const known = names.filter((one) => typeof one === "string");
      const has = [...new Set([CONNECTED, ...known])].join(", ");
      tell(index, "after", `expected ${has}, which this timeline has, got "${after}"`);
    } else if (anchors === "circle") {
      tell(index, "after", `expected an entry that does not wait for this one, got "${after}"`);
    }
  }
}

/** Whether the anchor of an entry is there, and leads back to a time. */
function anchorsOf(
  entries: readonly { readonly name: unknown; readonly after: unknown }[],
  index: number,
): "missing" | "circle" | "sound" {
  const seen = new Set<number>();
  let at = index;
  for (;;) {
    if (seen.has(at)) return seen.has(index) && at === index ? "circle" : "sound";
    seen.add(at);
    const after = entries[at]?.after;
    if (typeof after !== "string" || after === CONNECTED) return "sound";
    const next = entries.findIndex(({ name }) => name === after);
    if (next < 0) return at === index ? "missing" : "sound";
    at = next;
  }
}

/** A checked timeline. */
export const toTimeline = (timeline: z.output<typeof timelineSection>): readonly TimelineEntry[] =>
  timeline.flatMap(({ name, at: written, after, repeat: repeated, ...rest }) => {
    const atMs = parseDuration(written ?? "0s") ?? 0;
    const at =
      after === undefined ? (written ?? "0s") : `${after} + ${written ?? formatDuration(0)}`;
    const action = toAction(rest, at, atMs);
    // The schema has refused entries that do nothing.
    if (action === undefined) return [];
    const { times = 1, every = "1s" } = repeated ?? {};
    const repeat = { times, everyMs: parseDuration(every) ?? 0 };
    return [{ name, at, atMs, after, repeat, action }];
  });
