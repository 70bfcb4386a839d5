import { expect } from "vitest";
import { z } from "zod";
import { publishPacket, subscribePacket } from "../../integration/emulator-wire.ts";
import type { Work } from "./work.ts";

const twin = z.object({
  properties: z.object({
    reported: z.looseObject({ n: z.number().optional(), $version: z.number() }),
    desired: z.looseObject({ n: z.number().optional(), $version: z.number() }),
  }),
});

/** A device that reports numbers, and a service that desires them, each one after the other. */
export function twinWork(deviceId: string): Work {
  const reported = { asked: 0, acknowledged: 0 };
  const desired = { asked: 0, acknowledged: 0 };
  return {
    get acknowledged() {
      return reported.acknowledged + desired.acknowledged;
    },
    prepare: async (emulator) => {
      await emulator.call("hub", "PUT", `/devices/${deviceId}`, { deviceId });
    },
    run: async (emulator) => {
      await using device = await emulator.connect(deviceId);
      device.send(subscribePacket("$iothub/twin/res/#"));
      await device.next();
      for (;;) {
        const n = ++reported.asked;
        const topic = `$iothub/twin/PATCH/properties/reported/?$rid=${n}`;
        device.send(publishPacket(topic, JSON.stringify({ n }), { qos: 0 }));
        const answer = await device.nextPublish();
        // `$version` begins with 1, and counts every number.
        expect(answer.topic).toBe(`$iothub/twin/res/204/?$rid=${n}&$version=${n + 1}`);
        reported.acknowledged = n;
        const next = ++desired.asked;
        const { body } = await emulator.call("hub", "PATCH", `/twins/${deviceId}`, {
          properties: { desired: { n: next } },
        });
        expect(twin.parse(body).properties.desired.$version).toBe(next + 1);
        desired.acknowledged = next;
      }
    },
    check: async (emulator) => {
      const { body } = await emulator.call("hub", "GET", `/twins/${deviceId}`);
      const { properties } = twin.parse(body);
      for (const [section, known] of [
        [properties.reported, reported],
        [properties.desired, desired],
      ] as const) {
        const { n = 0, $version } = section;
        expect([known.acknowledged, known.asked]).toContain(n);
        expect($version).toBe(n + 1);
        // What was not acknowledged may be done or not; from now on it is what it is.
        known.asked = known.acknowledged = n;
      }
    },
  };
}
