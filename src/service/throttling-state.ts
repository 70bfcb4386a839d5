import { z } from "zod";

import { serviceAgent } from "./connection.ts";
import type { EmulatorEvents } from "./emulator-stream.ts";
import { readEmulatorAnswer } from "./emulator-stream.ts";

const counted = z.int().nonnegative();
/** null = no limit. */
const limit = z.number().nullable();

const throttlingState = z.object({
  hubs: z.record(
    z.string(),
    z.object({
      tier: z.string(),
      messages: z.object({ perDay: limit, used: counted }),
      throttles: z.record(
        z.string(),
        z.object({ perS: limit, delayed: counted, refused: counted }),
      ),
    }),
  ),
  dps: z.object({
    registrationsPerMinute: limit,
    serviceOperationsPerMinute: limit,
    /** In which registrations and service operations are counted; emulators of older versions do not tell. */
    windowS: z.number().positive().default(60),
    refused: counted,
  }),
});

/** What an emulator's hubs (by host name) and DPS let through, and what their limits held up and refused so far. */
export type ThrottlingState = z.infer<typeof throttlingState>;

/** @throws {FleetError} `REFUSED` or `UNREACHABLE` */
export type ThrottlingReader = (signal?: AbortSignal) => Promise<ThrottlingState>;

/** Reads it from an emulator. */
export function emulatorThrottlingReader(
  emulator: Pick<EmulatorEvents, "adminUrl" | "adminToken" | "route">,
): ThrottlingReader {
  const url = new URL(`${emulator.adminUrl}/throttling`);
  return async (signal) => {
    const agent = serviceAgent(emulator.route);
    try {
      return await readEmulatorAnswer(throttlingState, emulator, url, { agent, signal });
    } finally {
      agent.destroy();
    }
  };
}
