import fc from "fast-check";
import { expect, test } from "vitest";
import { payloadFault } from "../../../src/device/payload-fault.ts";

test.for([
  ["$dps/registrations/res/202/?$rid=1", '{"status":"assigning"}'],
  ["$iothub/twin/res/200/?$rid=1", '{"desired":{}}'],
  ["$iothub/twin/res/204/?$rid=1&$version=2", ""],
  ["$iothub/twin/res/429/?$rid=1", '{"errorCode":429001,"message":"slow"}'],
  ["$iothub/twin/PATCH/properties/desired/?$version=2", '{"$version":2}'],
  ["$iothub/methods/POST/reboot/?$rid=1", ""],
  ["$iothub/methods/POST/reboot/?$rid=1", "7"],
  ["devices/d1/messages/devicebound/", "no JSON, and need not be"],
] as const)("%s with %j can be given to the SDK", ([topic, payload]) => {
  expect(payloadFault(topic, payload)).toBeUndefined();
  expect(payloadFault(topic, Buffer.from(payload))).toBeUndefined();
});

test.for([
  ["$dps/registrations/res/200/?$rid=1", ""],
  ["$dps/registrations/res/429/?$rid=1&retry-after=3", "<html>"],
  ["$iothub/twin/res/200/?$rid=1", "[1]"],
  ["$iothub/twin/res/200/?$rid=1", '{"desired":'],
  ["$iothub/twin/res/429/?$rid=1", ""],
  ["$iothub/twin/res/500/?$rid=1", "{}"],
  ["$iothub/twin/PATCH/properties/desired/?$version=2", ""],
  ["$iothub/methods/POST/reboot/?$rid=1", "{"],
] as const)("%s with %j cannot", ([topic, payload]) => {
  expect(payloadFault(topic, payload)).toBeTypeOf("string");
});

test("any message is judged without an exception", () => {
  const topic = fc.oneof(fc.string(), fc.constant("$iothub/twin/res/500/?$rid=1"));
  fc.assert(
    fc.property(topic, fc.string(), (t, payload) => {
      expect(["string", "undefined"]).toContain(typeof payloadFault(t, payload));
    }),
  );
});
