import { expect } from "vitest";
import { pubackOf, subscribePacket } from "../../integration/emulator-wire.ts";
import type { Killable } from "./killable.ts";
import type { Work } from "./work.ts";

/** As many as may wait for a device, and one that may come with the kill. */
const MOST = 49;

/** A service that sends messages to a device that is away. */
export function commandWork(deviceId: string): Work {
  let sent = 0;
  let acknowledged = 0;
  /** Taken by the hub, and not by the device yet. */
  const waiting: string[] = [];
  const take = async (emulator: Killable): Promise<readonly string[]> => {
    const { body } = await emulator.call("hub", "GET", `/devices/${deviceId}`);
    const count = Number(Object(body).cloudToDeviceMessageCount);
    await using device = await emulator.connect(deviceId);
    device.send(subscribePacket(`devices/${deviceId}/messages/devicebound/#`));
    await device.next();
    const bodies: string[] = [];
    for (let n = 0; n < count; n++) {
      const packet = await device.next();
      if (packet.cmd !== "publish") throw new Error(`expected a message, got ${packet.cmd}`);
      bodies.push(packet.payload.toString());
      device.send(pubackOf(packet));
    }
    await device.finish();
    return bodies;
  };
  return {
    get acknowledged() {
      return acknowledged;
    },
    prepare: async (emulator) => {
      await emulator.call("hub", "PUT", `/devices/${deviceId}`, { deviceId });
    },
    run: async (emulator) => {
      const path = `/devices/${deviceId}/messages/devicebound`;
      for (;;) {
        if (waiting.length >= MOST) {
          await emulator.call("hub", "GET", `/devices/${deviceId}`);
          continue;
        }
        const body = `command ${++sent}`;
        const { status } = await emulator.call("hub", "POST", path, body);
        expect(status).toBe(201);
        waiting.push(JSON.stringify(body));
        acknowledged++;
      }
    },
    check: async (emulator) => {
      const bodies = await take(emulator);
      expect(bodies.slice(0, waiting.length)).toEqual(waiting);
      expect(bodies.slice(waiting.length)).toEqual(
        [JSON.stringify(`command ${sent}`)].slice(0, bodies.length - waiting.length),
      );
      waiting.length = 0;
    },
  };
}
