import { z } from "zod";

import type { JsonObject } from "../../base/json.ts";
import { readJsonFlag } from "../json-flag.ts";
import type { CtlFlags } from "./ctl-flags.ts";
import { parseActFlags, parseFaultFlags, parseTwinFlags } from "./ctl-flags.ts";

/** An action to ask for. */
export interface AskedAction {
  /** An entry of a timeline, without a time. */
  readonly action: JsonObject;
  readonly flags: CtlFlags;
}

const jsonObject = z.record(z.string(), z.json(), { error: "expected a mapping of JSON values" });

/** @throws {FleetError} `USAGE` or `FILE_INVALID` with every problem at its flag */
export async function twinRequest(given: unknown, cwd: string): Promise<AskedAction> {
  const { devices, desired: text, mode, ...flags } = parseTwinFlags(given);
  const desired = await readJsonFlag(jsonObject, { flag: "--desired", text }, cwd);
  const twin = { devices, desired, ...(mode !== undefined && { mode }) };
  return { action: { twin }, flags };
}

/** @throws {FleetError} `USAGE` or `FILE_INVALID` with every problem at its flag */
export async function faultRequest(given: unknown, cwd: string): Promise<AskedAction> {
  const { kind, devices, for: lasting, parameters, name, end, ...flags } = parseFaultFlags(given);
  const text = parameters ?? "{}";
  const more = await readJsonFlag(jsonObject, { flag: "--parameters", text }, cwd);
  // What does not go together the run says, as of a scenario.
  const fault = {
    ...more,
    ...(kind !== undefined && { kind }),
    ...(devices !== undefined && { devices }),
    ...(lasting !== undefined && { for: lasting }),
    ...(end !== undefined && { end }),
  };
  return { action: { ...(name !== undefined && { name }), fault }, flags };
}

/** @throws {FleetError} `USAGE` or `FILE_INVALID` with every problem at its flag */
export async function actRequest(given: unknown, cwd: string): Promise<AskedAction> {
  const { action: text, ...flags } = parseActFlags(given);
  return { action: await readJsonFlag(jsonObject, { flag: "ACTION", text }, cwd), flags };
}
