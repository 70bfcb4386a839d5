import { expect, test } from "vitest";

import type { JsonObject } from "../../../../src/base/json.ts";
import { TwinReceipts } from "../../../../src/run/actions/twin-receipts.ts";

const action = { at: "12s", devices: ["a", "b"], desired: { temperature: 50.123 } };

const desired = (deviceId: string, version: number, patch: JsonObject, initial = false) =>
  ({ type: "desired", t: 12_100, deviceId, version, initial, patch }) as const;
const reported = (deviceId: string, desiredVersion: number, patch: JsonObject, t = 12_200) =>
  ({ type: "reported", t, deviceId, desiredVersion, patch, ms: 5 }) as const;

function begun(): TwinReceipts {
  const receipts = new TwinReceipts(action);
  receipts.begin(action.devices);
  for (const id of action.devices) receipts.patching(id, 12_000);
  return receipts;
}

test("an action that was never begun is not due", () => {
  expect(new TwinReceipts(action).result()).toMatchObject({
    selected: 2,
    patched: 0,
    notDue: true,
  });
});

test("a device that follows and shows the value is received and acknowledged, with its time", () => {
  const receipts = begun();
  receipts.patched("a", 3);
  receipts.observe(desired("a", 3, { temperature: 50.123 }));
  receipts.observe(reported("a", 3, { temperature: 50.123 }));
  expect(receipts.result()).toMatchObject({
    patched: 1,
    received: 1,
    acknowledged: 1,
    notEchoed: 0,
    receivedByOthers: 0,
    times: { count: 1, max: 200 },
  });
});

test("events that come before the service's answer count all the same", () => {
  const receipts = begun();
  receipts.observe(desired("a", 3, { temperature: 50.123 }));
  receipts.observe(reported("a", 3, { temperature: { value: 50.123, ac: 200, av: 3 } }));
  receipts.patched("a", 3);
  expect(receipts.result()).toMatchObject({ received: 1, acknowledged: 1 });
});

test("the section read after a reconnect counts as received", () => {
  const receipts = begun();
  receipts.patched("b", 3);
  receipts.observe(desired("b", 4, { temperature: 50.123, humidity: 1 }, true));
  expect(receipts.result()).toMatchObject({ received: 1, acknowledged: 0, notEchoed: 1 });
});

test("a report from before the patch does not acknowledge it", () => {
  const receipts = begun();
  receipts.patched("a", 3);
  receipts.observe(reported("a", 2, { temperature: 50.123 }));
  expect(receipts.result()).toMatchObject({ received: 0, acknowledged: 0 });
});

test("a device that was not selected and got the value pushed is counted once", () => {
  const receipts = begun();
  receipts.observe(desired("c", 2, { temperature: 50.123 }));
  receipts.observe(desired("c", 3, { temperature: 50.123 }));
  receipts.observe(desired("d", 2, { humidity: 1 }));
  receipts.observe(desired("e", 2, { temperature: 50.123 }, true));
  expect(receipts.result().receivedByOthers).toBe(1);
});

test("a device to which another action gives the same value is no stranger", () => {
  const receipts = new TwinReceipts(action, ["c"]);
  receipts.begin(action.devices);
  receipts.observe(desired("c", 2, { temperature: 50.123 }));
  expect(receipts.result().receivedByOthers).toBe(0);
});
