import { expect } from "vitest";
import { z } from "zod";
import { randomKey } from "../../../src/emulator/random-key.ts";
import { deviceKeys } from "../../../src/emulator/dps/symmetric-keys.ts";
import { publishPacket, subscribePacket } from "../../integration/emulator-wire.ts";
import type { Work } from "./work.ts";

const answer = z.object({
  operationId: z.string(),
  status: z.string(),
  registrationState: z.looseObject({ etag: z.string().optional() }).optional(),
});
const record = z.looseObject({ status: z.string(), etag: z.string(), deviceId: z.string() });

const VERSION = "api-version=2021-10-01";
const RESULTS = "$dps/registrations/res/#";

/** Devices of a group, each of which registers once. */
export function registrationWork(group: string): Work {
  const keys = { primaryKey: randomKey(64), secondaryKey: randomKey(64) };
  let count = 0;
  /** What each device was told, by registration id. */
  const told = new Map<string, z.output<typeof answer>["registrationState"]>();
  return {
    get acknowledged() {
      return told.size;
    },
    prepare: async (emulator) => {
      const { status } = await emulator.call(
        "dps",
        "PUT",
        `/enrollmentGroups/${group}?${VERSION}`,
        {
          enrollmentGroupId: group,
          attestation: { type: "symmetricKey", symmetricKey: keys },
        },
      );
      expect(status).toBe(200);
    },
    run: async (emulator) => {
      for (;;) {
        const id = `${group}-${++count}`;
        const { primaryKey: dpsKey } = deviceKeys(keys, id);
        await using device = await emulator.connect(id, { dpsKey });
        device.send(subscribePacket(RESULTS));
        await device.next();
        const ask = async (path: string) => {
          device.send(publishPacket(`$dps/registrations/${path}`, "", { qos: 0 }));
          return answer.parse(JSON.parse((await device.nextPublish()).body));
        };
        let now = await ask("PUT/iotdps-register/?$rid=1");
        const poll = `GET/iotdps-get-operationstatus/?$rid=2&operationId=${now.operationId}`;
        while (now.status === "assigning") now = await ask(poll);
        expect(now.status).toBe("assigned");
        told.set(id, now.registrationState);
      }
    },
    check: async (emulator) => {
      // As many as can be cut off are begun anew at the start, and take no time.
      for (let n = 1; n <= count; n++) {
        const id = `${group}-${n}`;
        const { status, body } = await emulator.call(
          "dps",
          "GET",
          `/registrations/${id}?${VERSION}`,
        );
        const wanted = told.get(id);
        if (wanted === undefined && status === 404) continue;
        const found = record.parse(body);
        expect(found.status).toBe("assigned");
        if (wanted !== undefined) expect(found.etag).toBe(wanted.etag);
        const device = await emulator.call("hub", "GET", `/devices/${found.deviceId}`);
        expect(device.status).toBe(200);
      }
    },
  };
}
