import fc from "fast-check";
import { expect, test } from "vitest";
import { readDeviceFault } from "../../../src/base/device-fault.ts";
import { DEVICE_FAULT_NAMES, deviceFaultKind } from "../../../src/base/device-fault-kinds.ts";
import { FAULT_NAMES } from "../../../src/base/fault-kinds.ts";
import { isJsonObject } from "../../../src/base/json.ts";

test.each(DEVICE_FAULT_NAMES)("%s can be had without a parameter, as its defaults say", (name) => {
  const written = Object.entries(deviceFaultKind(name).parameters).flatMap(
    ([key, { default: standard }]) => (standard === undefined ? [] : [[key, standard] as const]),
  );
  const bare = readDeviceFault(name, {});
  expect(bare).toMatchObject({ ok: true, fault: { kind: name } });
  expect(readDeviceFault(name, Object.fromEntries(written))).toEqual(bare);
});

const read = (...of: Parameters<typeof readDeviceFault>): object => readDeviceFault(...of);

test("parameters are read as numbers of ms and bytes, and as fractions", () => {
  expect(read("clockSkew", { by: "-1h", messages: "10%" })).toEqual({
    ok: true,
    fault: { kind: "clockSkew", by: -3_600_000, messages: 0.1 },
  });
  expect(read("oversizedBody", { size: "300KiB" })).toEqual({
    ok: true,
    fault: { kind: "oversizedBody", size: 307_200, messages: 1 },
  });
  expect(read("duplicate", { times: 1 })).toEqual({
    ok: false,
    problems: [{ place: "times", message: "expected a whole number from 2 to 10, got 1" }],
  });
});

test("reading any parameters never throws", () => {
  fc.assert(
    fc.property(fc.constantFrom(...DEVICE_FAULT_NAMES), fc.jsonValue(), (name, given) => {
      expect(read(name, isJsonObject(given) ? given : {})).toHaveProperty("ok");
    }),
  );
});

test("no kind of devices has the name of one of the services or the network", () => {
  const services: readonly string[] = FAULT_NAMES;
  expect(DEVICE_FAULT_NAMES.filter((name) => services.includes(name))).toEqual([]);
});
