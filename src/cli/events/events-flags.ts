import { z } from "zod";

import type { LogLevel } from "../../base/log.ts";
import type { EventFilter } from "../../service/hub-events.ts";
import { connectionStringFile, logLevel, once, onOff } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";

/** Microsoft's names of the endpoint that every hub has, and of the group that every endpoint has. */
const BUILT_IN_ENDPOINT = "events";
const DEFAULT_GROUP = "$Default";

const isoTime = z.union([z.iso.datetime({ offset: true, local: true }), z.iso.date()]);

/** A time without an offset is this machine's; a date begins at its midnight. */
const from = once.transform((text, context): EventFilter["from"] => {
  if (text === "earliest" || text === "latest") return text;
  if (isoTime.safeParse(text).success) return new Date(text.includes("T") ? text : `${text}T00:00`);
  context.addIssue({
    code: "custom",
    message: `expected earliest, latest or a time such as 2026-01-31T12:00:00Z, got "${text}"`,
  });
  return z.NEVER;
});

const name = once.min(1, "expected a name, got an empty text");

const eventsFlags = z.object({
  ids: z.array(z.string().min(1, "expected a device id, got an empty text")).default([]),
  from: from.optional(),
  follow: onOff.default(false),
  endpoint: name.default(BUILT_IN_ENDPOINT),
  consumerGroup: name.default(DEFAULT_GROUP),
  json: onOff.default(false),
  emulator: once.optional(),
  hubConnectionStringFile: connectionStringFile.optional(),
  logLevel,
});

/** What the command line of `events` asks for, checked. */
export interface EventsFlags {
  readonly filter: EventFilter;
  readonly json: boolean;
  readonly emulatorFile: string | undefined;
  readonly hubConnectionStringFile: string | undefined;
  readonly logLevel: LogLevel;
}

/**
 * Checks what yargs read. A follower begins now unless told otherwise, anybody else with the oldest.
 *
 * @throws {FleetError} `USAGE` with every problem at its flag
 */
export function parseEventsFlags(given: unknown): EventsFlags {
  const flags = parseFlags(eventsFlags, given, "events", { ids: "ID" });
  const { ids, follow, endpoint, consumerGroup, json, emulator, hubConnectionStringFile } = flags;
  return {
    filter: {
      from: flags.from ?? (follow ? "latest" : "earliest"),
      follow,
      endpoint,
      consumerGroup,
      deviceIds: ids,
    },
    json,
    emulatorFile: emulator,
    hubConnectionStringFile,
    logLevel: flags.logLevel,
  };
}
