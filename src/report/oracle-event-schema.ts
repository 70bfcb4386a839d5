import { z } from "zod";

import { DEVICE_STATES } from "../metrics/device-row.ts";
import { DIVERGENCE_KINDS } from "../output/divergence.ts";

const t = z.number();
const count = z.int().nonnegative();
const ms = z.number().nonnegative();

const sides = {
  version: count,
  desired: z.json(),
  reported: z.json().optional(),
  ac: z.int().optional(),
  inner: z.json().optional(),
  doing: z.enum(DEVICE_STATES),
  onPurpose: z.literal(true).optional(),
};

/** A property of a device and its twin part, or agree again. */
export const divergence = z.strictObject({
  type: z.literal("divergence"),
  t,
  state: z.enum(["begun", "ended"]),
  deviceId: z.string(),
  property: z.string(),
  kind: z.enum(DIVERGENCE_KINDS),
  sinceMs: ms,
  ...sides,
  history: z.array(z.strictObject({ t, untilT: t, ...sides })),
});

/** What the oracle did in the whole run. */
export const oracle = z.strictObject({
  type: z.literal("oracle"),
  t,
  looks: count,
  failed: count,
  devices: count,
  notEchoed: count,
});
