import { expect } from "vitest";
import { z } from "zod";
import type { Killable } from "./killable.ts";
import type { Work } from "./work.ts";

const identity = z.object({ deviceId: z.string(), etag: z.string(), generationId: z.string() });

/** A service that creates devices, and deletes every third. */
export function registryWork(prefix: string): Work {
  let count = 0;
  let acknowledged = 0;
  /** By id; null for one that is deleted. */
  const known = new Map<string, z.output<typeof identity> | null>();
  /** What was asked for last: it may be done or not. */
  let asked = "";
  /** As many as one listing tells. */
  const most = 900;
  const create = async (emulator: Killable, deviceId: string): Promise<void> => {
    asked = deviceId;
    const { status, body } = await emulator.call("hub", "PUT", `/devices/${deviceId}`, {
      deviceId,
    });
    expect(status).toBe(200);
    known.set(deviceId, identity.parse(body));
    acknowledged++;
  };
  return {
    get acknowledged() {
      return acknowledged;
    },
    prepare: () => Promise.resolve(),
    run: async (emulator) => {
      for (;;) {
        if (count >= most) {
          await emulator.call("hub", "GET", "/devices?top=1");
          continue;
        }
        const deviceId = `${prefix}-${++count}`;
        await create(emulator, deviceId);
        if (count % 3 > 0) continue;
        asked = deviceId;
        const { status } = await emulator.call("hub", "DELETE", `/devices/${deviceId}`);
        expect(status).toBe(204);
        known.set(deviceId, null);
        acknowledged++;
      }
    },
    check: async (emulator) => {
      const { body } = await emulator.call("hub", "GET", "/devices?top=1000");
      const there = new Map(
        z
          .array(identity)
          .parse(body)
          .map((one) => [one.deviceId, one]),
      );
      for (const [deviceId, wanted] of known)
        if (deviceId !== asked) expect(there.get(deviceId) ?? null).toEqual(wanted);
      const mine = [...there.keys()].filter((id) => id.startsWith(`${prefix}-`));
      expect(mine.filter((id) => !known.has(id) && id !== asked)).toEqual([]);
      const generations = [...there.values()].map(({ generationId }) => generationId);
      expect(new Set(generations).size).toBe(generations.length);
      // The device whose creation was not acknowledged may be there.
      known.set(asked, there.get(asked) ?? null);
    },
  };
}
