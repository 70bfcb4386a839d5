import { z } from "zod";

import { DEVICE_STATES } from "../metrics/device-row.ts";
import { percentiles } from "./percentiles-schema.ts";

const count = z.int().nonnegative();
const ms = z.number().nonnegative().nullable();
const perDevice = "Counted for each device and round.";

const twinStraggler = z.strictObject({
  registrationId: z.string(),
  why: z
    .enum(["refused", "otherValue", "notAcknowledged", "notReceived", "notPatched", "late"])
    .describe("late: it showed the values after the action's timeout."),
  round: count,
  patchedS: ms.describe("Seconds after time 0 at which the patch went out."),
  version: count.nullable().describe("$version that the patch made."),
  receivedVersion: count
    .nullable()
    .describe("Newest version that the device got since the action began."),
  reported: z
    .record(z.string(), z.json())
    .nullable()
    .describe("What it reported of what is patched, since the action began."),
  ms: ms.describe("From the patch to the acknowledgment, where that came late."),
  state: z.enum(DEVICE_STATES).nullable().describe("Before the end of the run stopped it."),
  disconnectedS: ms.describe("Seconds after time 0 at which its connection was lost last."),
  error: z.string().nullable().describe("Why it was not patched, or what it was told last."),
});

const missedDevice = z.strictObject({
  registrationId: z.string(),
  versions: count,
  rounds: z
    .array(z.tuple([count, count]).readonly())
    .describe("From and to, both included; the first few."),
  healed: z.boolean().describe("Whether it read what was in all of them."),
});

/** How devices followed a twin action, as `summary.json` has it. */
export const twinAction = z.strictObject({
  action: count.describe("Its position in the scenario's timeline, from 0."),
  name: z.string().nullable(),
  at: z.string().describe("As the scenario wrote it."),
  mode: z.enum(["merge", "replace"]),
  rounds: count.describe("How often it is to be done."),
  roundsBegun: count,
  selected: count.describe("Distinct devices."),
  patched: count.describe(perDevice),
  received: count.describe(
    `Selected devices that got the patch, pushed or read after a reconnect. ${perDevice}`,
  ),
  acknowledged: count.describe(
    `Selected devices that reported the right values, having applied this version or a later one. ${perDevice}`,
  ),
  refused: count.describe(`Acknowledged with a code that is no success. ${perDevice}`),
  superseded: count.describe(`A later round was answered, and this one was not. ${perDevice}`),
  notEchoed: count.describe(
    `Selected devices that got the patch and never reported its value. ${perDevice}`,
  ),
  seen: count
    .nullable()
    .describe(`The service showed the reported values; null: it was not asked. ${perDevice}`),
  missed: count.describe(`Versions that were never pushed to the device. ${perDevice}`),
  duplicate: count.describe("Versions that were pushed again."),
  outOfOrder: count.describe("Versions that were pushed after newer ones."),
  receivedByOthers: count.describe("Devices that were not selected and got the value pushed."),
  converged: count.describe("Distinct devices that showed the last round's values in time."),
  stragglers: count.describe("Distinct devices that did not."),
  notDue: z.boolean().describe("True where the run ended before its time."),
  ms: percentiles.describe("From the patch to the acknowledged reported value."),
  receivedMs: percentiles.describe("From the patch to the device."),
  answerMs: percentiles.describe("From the device to the acknowledged reported value."),
  seenMs: percentiles.describe("From the patch to the service's twin, by the hub's clock."),
  pacedMs: percentiles.describe("How long the pace held patches back; part of no other time."),
  stragglersNamed: z.array(twinStraggler).describe("The first few, the worst first."),
  missedBy: z
    .array(missedDevice)
    .describe("The first few devices that were never pushed versions, those with most first."),
});
