import { expect, test } from "vitest";
import { DeviceIdWatch } from "../../../src/run/device-id-watch.ts";

const row = (registrationId: string, deviceId: string, hub = deviceId === "" ? "" : "h1") => ({
  registrationId,
  deviceId,
  hub,
});

test("two devices that were assigned one id at one hub are told once, by name and with the mend", () => {
  const watch = new DeviceIdWatch();
  expect(watch.look([row("a", ""), row("b", "")])).toEqual([]);
  expect(watch.look([row("a", "one")])).toEqual([]);
  const [told, ...more] = watch.look([row("b", "one"), row("c", "c")]);
  expect(more).toEqual([]);
  expect(told).toBe(
    '"a" and "b" were both assigned the device id "one" at h1, and throw each other out: give their enrollments device ids of their own',
  );
  expect(watch.look([row("a", "one"), row("b", "one")])).toEqual([]);
});

test("one id at two hubs, or one after the other, is no trouble", () => {
  const watch = new DeviceIdWatch();
  expect(watch.look([row("a", "one", "h1"), row("b", "one", "h2")])).toEqual([]);
  // Moved away before the other came.
  expect(watch.look([row("a", "one", "h3"), row("b", "one", "h1")])).toEqual([]);
  expect(watch.look([row("a", "one", "h1")])).toHaveLength(1);
});
