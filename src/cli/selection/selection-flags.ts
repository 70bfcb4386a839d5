import type { Argv } from "yargs";
import { z } from "zod";

import type { HubTier } from "../../base/hub-tiers.ts";
import { HUB_TIERS, UNITS_MAX, unitsProblem } from "../../base/hub-tiers.ts";
import type { LogLevel } from "../../base/log.ts";
import { enumField, hostField } from "../../scenario/fields.ts";
import { once, whole } from "../flag-fields.ts";
import type { ServiceFlags } from "../service-flags.ts";
import { hubFields, hubOptions, serviceFields, serviceOptions } from "../service-flags.ts";

/** Which hubs are called, and how fast, as the command line says it. */
export interface HubFlags extends ServiceFlags {
  readonly hubConnectionStringFile?: string | undefined;
  /** Host name of the one hub that is meant, or its first label. */
  readonly hub?: string | undefined;
  /** Undefined: what an emulator says of itself; for Azure the least that there is, S1 with one unit. */
  readonly tier?: HubTier | undefined;
  readonly units?: number | undefined;
  readonly logLevel: LogLevel;
}

/** Which devices, as the command line says it; one of the three. */
export interface SelectionFlags {
  readonly ids: readonly string[];
  readonly devicesFile?: string | undefined;
  readonly query?: string | undefined;
}

/** Schema of the options of {@link pacedHubOptions}. */
export const pacedHubFields = {
  ...serviceFields,
  ...hubFields,
  hub: once.pipe(hostField).optional(),
  tier: enumField(HUB_TIERS).optional(),
  units: whole(1, Math.max(...Object.values(UNITS_MAX))).optional(),
};

/** Judges {@link HubFlags} that belong together. */
export function checkTier(
  { tier, units }: { readonly tier?: HubTier | undefined; readonly units?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  const problem = unitsProblem(tier ?? "none", units);
  if (problem !== undefined)
    context.addIssue({ code: "custom", path: ["units"], message: problem });
}

const deviceId = z.string().min(1, "expected a device id, got an empty text");

/** Schema of the options of {@link selectionOptions}. */
export const selectionFields = {
  ids: z.array(deviceId).default([]),
  devicesFile: once.min(1, "expected a file, got an empty name").optional(),
  query: once.min(1, "expected a query, got an empty text").optional(),
};

/** One way to name the devices, and not two. */
export function checkSelection(
  { ids, devicesFile, query }: SelectionFlags,
  context: z.core.$RefinementCtx,
): void {
  const ways = [ids.length > 0, devicesFile !== undefined, query !== undefined];
  const given = ways.filter(Boolean).length;
  if (given === 1) return;
  context.addIssue({
    code: "custom",
    path: ["ids"],
    message: `expected device ids, --devices-file or --query, got ${given === 0 ? "none" : "several"} of them`,
  });
}

/** Adds the options of every command that calls hubs. */
export function pacedHubOptions<T>(yargs: Argv<T>): Argv<T> {
  return hubOptions(serviceOptions(yargs))
    .option("hub", {
      type: "string",
      requiresArg: true,
      describe: "of several hubs the one that is meant",
    })
    .option("tier", {
      type: "string",
      requiresArg: true,
      describe: `tier of the hub, for the pace of calls: ${HUB_TIERS.join(", ")}`,
      defaultDescription: "S1; what an emulator says",
    })
    .option("units", {
      type: "string",
      requiresArg: true,
      describe: "units of that tier",
      defaultDescription: "1",
    });
}

/** Adds the options that name devices. */
export function selectionOptions<T>(yargs: Argv<T>): Argv<T> {
  return yargs
    .option("devices-file", {
      type: "string",
      requiresArg: true,
      describe: "file with device ids, or a CSV such as a run's devices.csv",
    })
    .option("query", {
      type: "string",
      requiresArg: true,
      describe: 'hub query: "SELECT * FROM devices WHERE …"',
    });
}

/** What help says of a selection. */
export const SELECTION_HELP = `Devices are named by their ids, by --devices-file (an id a line, # for comments,
or a CSV with a column deviceId or registrationId), or by --query.`;
