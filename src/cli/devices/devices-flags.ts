import { z } from "zod";

import { once, onOff } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";
import type { HubFlags, SelectionFlags } from "../selection/selection-flags.ts";
import {
  checkSelection,
  checkTier,
  pacedHubFields,
  selectionFields,
} from "../selection/selection-flags.ts";
import { checkIfMatch, etag } from "../twin/twin-flags.ts";

/** What `devices` can do to identities. */
export const DEVICE_CHANGES = ["disable", "enable", "delete"] as const;
export type DeviceChange = (typeof DEVICE_CHANGES)[number];

/** What `devices list` asks for. */
export interface DevicesListFlags extends HubFlags {
  /** Undefined = all devices. */
  readonly query?: string | undefined;
  readonly json: boolean;
}

/** What `devices disable`, `enable` and `delete` ask for. */
export interface DevicesChangeFlags extends HubFlags, SelectionFlags {
  readonly yes: boolean;
  /** Without the quotes that HTTP writes around it. */
  readonly ifMatch?: string | undefined;
  readonly json: boolean;
}

const listFlags = z
  .object({
    ...pacedHubFields,
    query: once.min(1, "expected a query, got an empty text").optional(),
  })
  .superRefine(checkTier);

const changeFlags = z
  .object({
    ...pacedHubFields,
    ...selectionFields,
    yes: onOff.default(false),
    ifMatch: etag.optional(),
  })
  .superRefine(checkTier)
  .superRefine(checkSelection)
  .superRefine(checkIfMatch);

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseDevicesListFlags = (given: unknown): DevicesListFlags =>
  parseFlags(listFlags, given, "devices list");

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseDevicesChangeFlags = (change: DeviceChange, given: unknown): DevicesChangeFlags =>
  parseFlags(changeFlags, given, `devices ${change}`, { ids: "ID" });
