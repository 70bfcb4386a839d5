import { expect } from "vitest";
import { publishPacket } from "../../integration/emulator-wire.ts";
import type { Work } from "./work.ts";

const WINDOW = 8;

const packetIdOf = (number: number): number => (number % 60_000) + 1;

/** A device that sends numbered messages at QoS 1, several on their way at a time. */
export function telemetryWork(deviceId: string): Work {
  let sent = 0;
  /** Of messages that a kill left unacknowledged, any may be there. */
  const acknowledged = new Set<number>();
  const message = () => {
    const number = ++sent;
    const topic = `devices/${deviceId}/messages/events/seq=${number}`;
    return publishPacket(topic, `body ${number}`, { messageId: packetIdOf(number) });
  };
  return {
    get acknowledged() {
      return acknowledged.size;
    },
    prepare: async (emulator) => {
      await emulator.call("hub", "PUT", `/devices/${deviceId}`, { deviceId });
    },
    run: async (emulator) => {
      await using device = await emulator.connect(deviceId);
      let next = sent;
      for (let n = 0; n < WINDOW; n++) device.send(message());
      for (;;) {
        const puback = await device.next();
        next++;
        if (puback.cmd !== "puback" || puback.messageId !== packetIdOf(next))
          throw new Error(`expected the PUBACK of message ${next}`);
        acknowledged.add(next);
        device.send(message());
      }
    },
    check: async (emulator) => {
      const events = await emulator.events();
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
      for (const partition of new Set(events.map((event) => event["partition"]))) {
        const there = events.filter((event) => event["partition"] === partition);
        const numbers = there.map(({ sequenceNumber }) => sequenceNumber);
        expect(numbers).toEqual(there.map((_, at) => at));
      }
      const mine = events.filter((event) => event["deviceId"] === deviceId);
      const numbers = mine.map((event) => Number(/^body (\d+)$/.exec(String(event["body"]))?.[1]));
      expect(mine.map(({ properties }) => properties)).toEqual(
        numbers.map((number) => ({ seq: String(number) })),
      );
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      const there = new Set(numbers);
      expect([...acknowledged].filter((number) => !there.has(number))).toEqual([]);
    },
  };
}
