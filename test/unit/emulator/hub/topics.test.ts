import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceRequest } from "../../../../src/emulator/hub/topics.ts";
import { DeviceTopics, FILTERS, REQUEST_TOPICS } from "../../../../src/emulator/hub/topics.ts";

const requestId = fc.stringMatching(/^[^&\n]+$/);
const request = fc.oneof<fc.Arbitrary<DeviceRequest>[]>(
  fc.record({ kind: fc.constant("telemetry"), bag: fc.string() }),
  fc.record({ kind: fc.constant("twinGet"), requestId }),
  fc.record({ kind: fc.constant("reported"), requestId }),
  fc.record({
    kind: fc.constant("methodResult"),
    requestId,
    status: fc.integer({ min: -999_999, max: 999_999 }),
  }),
);

test("parsing a topic undoes formatting it", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w.:-]+$/), request, (deviceId, given) => {
      const topics = new DeviceTopics(deviceId);
      expect(topics.parse(topics.format(given))).toEqual(given);
    }),
  );
});

test("parsing any topic never throws", () => {
  const topics = new DeviceTopics("dev");
  fc.assert(
    fc.property(fc.string(), (topic) => {
      expect(() => topics.parse(topic)).not.toThrow();
    }),
  );
});

test("topics of other devices, and prefixes of a device's own name, are not its own", () => {
  const topics = new DeviceTopics("dev");
  for (const topic of [
    "devices/dev2/messages/events/",
    "devices/dev/messages/eventsX",
    "devices/dev/messages/devicebound/",
    "$iothub/twin/GET/?$rid=",
    "$iothub/twin/res/200/?$rid=1",
    "$iothub/methods/POST/x/?$rid=1",
  ])
    expect(topics.parse(topic)).toBeUndefined();
  expect(topics.parse("devices/dev/messages/events")).toEqual({ kind: "telemetry", bag: "" });
});

test("only the documented filters may be subscribed", () => {
  const topics = new DeviceTopics("dev");
  for (const good of [
    "devices/dev/messages/devicebound/#",
    "$iothub/twin/res/#",
    "$iothub/twin/PATCH/properties/desired/#",
    "$iothub/methods/POST/#",
  ])
    expect(topics.maySubscribe(good)).toBe(true);
  for (const bad of ["#", "$iothub/#", "devices/+/messages/devicebound/#", "devices/dev/#"])
    expect(topics.maySubscribe(bad)).toBe(false);
});

/** A topic as the documents write it, with something in place of its gaps. */
const filled = (template: string): string =>
  template.replace("{device-id}", "dev").replaceAll(/\{[a-z-]+\}/g, "200");

test("the topics and filters that are listed are those that are known", () => {
  const topics = new DeviceTopics("dev");
  for (const [kind, template] of Object.entries(REQUEST_TOPICS))
    expect(topics.parse(filled(template))).toMatchObject({ kind });
  for (const filter of FILTERS) expect(topics.maySubscribe(filled(filter))).toBe(true);
});
