import { expect, test } from "vitest";
import { readDeviceFault } from "../../../../src/base/device-fault.ts";
import type { JsonObject } from "../../../../src/base/json.ts";
import { TwinFaults } from "../../../../src/device/faults/twin-faults.ts";

/** The twin faults of a device that reports wrongly in these ways. */
function wrong(...given: readonly JsonObject[]): TwinFaults {
  const faults = new TwinFaults();
  for (const [index, parameters] of given.entries()) {
    const read = readDeviceFault("wrongReport", parameters);
    if (!read.ok || read.fault.kind !== "wrongReport") throw new TypeError("no such fault");
    faults.begin(String(index), read.fault);
  }
  return faults;
}

const PATCH = {
  temperature: 60,
  fanstate: "on",
  locked: false,
  gone: null,
  list: [1],
  speed: { value: 3, ac: 200, av: 7, ad: "reached" },
  faults: { forced: true, count: 2 },
};

test("every scalar is reported as another of its type, and of an acknowledgment the value alone", () => {
  expect(wrong({}).reported(PATCH)).toEqual({
    temperature: 70,
    fanstate: "on?",
    locked: true,
    gone: null,
    list: [1],
    speed: { value: 13, ac: 200, av: 7, ad: "reached" },
    faults: { forced: false, count: 12 },
  });
});

test("one property can be wrong alone, and faults add up until they end", () => {
  const faults = wrong({ property: "temperature", by: -2 }, { property: "temperature", by: 5 });
  expect(faults.reported(PATCH)).toEqual({ ...PATCH, temperature: 63 });
  faults.end("1");
  expect(faults.reported(PATCH)).toEqual({ ...PATCH, temperature: 58 });
  faults.end("0");
  expect(faults.reported(PATCH)).toEqual(PATCH);
  expect(faults.isStuck).toBe(false);
});

test("a device is stuck while any such fault is on", () => {
  const faults = new TwinFaults();
  faults.begin("a", { kind: "stuck" });
  faults.begin("b", { kind: "stuck" });
  faults.end("a");
  expect(faults.isStuck).toBe(true);
  faults.end("b");
  expect(faults.isStuck).toBe(false);
});

test.for<readonly [parameters: JsonObject, problem: string]>([
  [{ by: 0 }, "expected a number other than 0, got 0"],
  [{ by: "10" }, 'expected a number other than 0, got "10"'],
  [{ property: "" }, 'expected the name of a property, got ""'],
])("parameters %j are refused", ([parameters, problem]) => {
  expect(readDeviceFault("wrongReport", parameters)).toMatchObject({
    ok: false,
    problems: [{ message: problem }],
  });
});
