import fc from "fast-check";
import { expect, test } from "vitest";

import { DeviceFailure } from "../../../src/base/failure.ts";
import { silentLogger } from "../../../src/base/log.ts";
import { MessageAccount } from "../../../src/device/message-account.ts";
import { MessageSender } from "../../../src/device/message-sender.ts";
import { Recorder } from "../../../src/metrics/recorder.ts";

/** What may happen to a device that sends: `n` says to which of its messages. */
const happenings = fc.array(
  fc.record({
    what: fc.constantFrom("due", "doubled", "failing", "late", "up", "down", "puback", "cut"),
    n: fc.nat({ max: 9 }),
  }),
  { maxLength: 60 },
);

test("whatever happens in whatever order, counters and account agree, and nothing is lost from them", async () => {
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      const recorder = new Recorder({ worker: 0, boot: 1, phases: [], clock: () => 0 });
      const messages = new MessageAccount();
      const sender = new MessageSender(
        {
          recorder: recorder.of("cheese-cave", "hub"),
          clock: () => 0,
          now: () => new Date(0),
          log: silentLogger(),
          saveMessages: false,
          onChange: () => {},
        },
        { messages, boot: 1, deviceId: "cave-1" },
      );
      const underWay: { readonly puback: () => void; readonly cut: () => void }[] = [];
      const connection = {
        send: () =>
          new Promise<void>((resolve, reject) => {
            const cut = (): void => reject(new DeviceFailure("network", "cut"));
            underWay.push({ puback: resolve, cut });
          }),
      };
      const message = { body: "{}", properties: {} };
      for (const { what, n } of all) {
        if (what === "up") sender.connected(connection);
        else if (what === "down") sender.disconnected();
        else if (what === "puback" || what === "cut") underWay[n]?.[what]();
        else {
          const outgoing = {
            message,
            copies: what === "doubled" ? 2 : 1,
            lateMs: what === "late" ? 3_600_000 : 0,
            fails: what === "failing",
          };
          sender.take(outgoing, 0);
        }
        await Promise.resolve();
      }
      await sender.stop(0);
      // What comes after the end changes nothing.
      const { counts } = messages;
      for (const { puback } of underWay) puback();
      await new Promise((resolve) => void setImmediate(resolve));
      expect(messages.counts).toEqual(counts);
      const { counters } = recorder.take({ cpuS: 0, rssBytes: 0 });
      const counted = (name: string): number =>
        Object.entries(counters).reduce(
          (sum, [key, count]) => (key.startsWith(`${name}{`) ? sum + count : sum),
          0,
        );
      expect({
        sent: counted("telemetry_sent"),
        acked: counted("telemetry_acked"),
        failed: counted("telemetry_failed"),
      }).toEqual({ sent: counts.sent, acked: counts.acked, failed: counts.failed });
      expect(counts.sent).toBe(
        all.filter(({ what }) => ["due", "doubled", "failing", "late"].includes(what)).length,
      );
      expect(counts.acked + counts.failed).toBeLessThanOrEqual(counts.sent);
    }),
    { numRuns: 60 },
  );
});
