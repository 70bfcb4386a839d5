import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../../src/model/model.ts";
import type { DeviceUnderTest } from "../../../../support/model-device.ts";
import { caveIn, INITIAL } from "../caves.ts";

/** A Plug and Play cave whose fan does not break by itself. */
const cave = (): DeviceUnderTest => caveIn("pnp", { draw: () => 0.5 });
const desired = (
  { device }: DeviceUnderTest,
  patch: JsonObject,
  version = 2,
): JsonObject | undefined => device.desired(patch, { version, initial: false });

describe("the flat names of the samples", () => {
  test("are obeyed and reported flat, and only where they are used", () => {
    const device = cave();
    const flat = { temperature: "50.123", humidity: 85, fanstate: "on", patchId: "set values" };
    expect(desired(device, { ...flat, telemetryDelay: "3" })).toEqual({
      temperature: 50.123,
      humidity: 85,
      fanstate: "on",
      fanState: "on",
      lastPatchReceivedId: "set values",
      telemetryDelay: 3,
    });
    expect(device.device.intervalS).toBe(3);
  });

  test("give way to the names of the interface", () => {
    const device = cave();
    const both = { temperature: 50, desiredTemperature: 66 };
    expect(desired(device, both)).toEqual({
      temperature: 66,
      desiredTemperature: { value: 66, ac: 200, av: 2, ad: "reached" },
    });
    const again = device.device.desired(both, { version: 4, initial: true });
    expect(again).toMatchObject({ temperature: 66 });
    expect(again).not.toHaveProperty("desiredTemperature");
    expect(desired(device, { temperature: null }, 5)).toEqual({ temperature: 60 });
  });

  test("are reported as long as they are used: a fan that breaks, a setpoint that changes", () => {
    const device = cave();
    device.device.desired({ fanstate: "on", temperature: 50 }, INITIAL);
    device.device.beginFault?.({ id: "1", kind: "fanFailure", parameters: {} });
    expect(device.reports).toEqual([{ fanstate: "failed", fanState: "failed" }]);
    expect(desired(device, { desiredTemperature: 66 })).toMatchObject({ temperature: 66 });
  });

  test("hold in a section that has no others", () => {
    expect(cave().device.desired({ temperature: 50 }, INITIAL)).toMatchObject({
      temperature: 50,
      desiredTemperature: { value: 50, ac: 203, av: 0 },
    });
  });
});
