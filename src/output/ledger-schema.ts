import { z } from "zod";

import { MESSAGE_TROUBLES } from "./ledger.ts";
import { percentiles } from "./percentiles-schema.ts";

const count = z.int().nonnegative();
const message = z.strictObject({ boot: z.int().positive(), seq: z.int().positive() });

const device = z.strictObject({
  deviceId: z.string(),
  missing: count,
  duplicated: count,
  outOfOrder: count,
  unacked: count.describe("Neither acknowledged nor failed at the end."),
  unconfirmed: count,
  first: z
    .partialRecord(z.enum(MESSAGE_TROUBLES), z.array(message))
    .describe("The first few messages of each, by boot and seq."),
});

const totals = {
  acked: count,
  ingested: count.describe("Distinct messages of this run's devices."),
  missing: count.describe("Acknowledged to the device, and not ingested."),
  duplicated: count.describe("Ingested again, over the first time."),
  outOfOrder: count.describe("Ingested after a later one of the same device and boot."),
  unconfirmed: count.describe("Ingested, and not known to be acknowledged."),
  unconfirmedBy: z
    .strictObject({ unacked: count, failed: count, untold: count })
    .describe(
      "By what their device says of them: nothing came back, given up, or nothing at all because its worker was lost.",
    ),
};

/** The ledger of `run.ndjson`. */
export const ledgerResultSchema = z.strictObject({ ...totals, devices: z.array(device) });

/** The ledger of `summary.json`. */
export const ledgerSummarySchema = z.strictObject({
  ...totals,
  delayMs: percentiles,
  devices: z.array(device).describe("The worst of those with anything amiss."),
  moreDevices: count.describe(
    "Devices with anything amiss beside those named; run.ndjson has all.",
  ),
});
