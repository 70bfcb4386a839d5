import { expect, test } from "vitest";
import { model as template } from "../../../devices/template/index.ts";
import type { Json, JsonObject } from "../../../src/model/model.ts";
import type { DeviceUnderTest } from "../../support/model-device.ts";
import { deviceOf } from "../../support/model-device.ts";
import { caveIn, INITIAL, PUSHED } from "./cheese-cave/caves.ts";
import { beltOf } from "./conveyor/belts.ts";

type Made = () => DeviceUnderTest;
const cave =
  (dialect: Parameters<typeof caveIn>[0]): Made =>
  () =>
    caveIn(dialect);
const belt =
  (dialect: string): Made =>
  () =>
    beltOf({ dialect });

const barrel: Made = () =>
  deviceOf(template, {
    settings: {
      fields: { level: 1 },
      twin: { echo: "none", desired: { limit: 5, mode: "eco", pumps: true } },
    },
  });

test.for<readonly [name: string, make: Made, patch: JsonObject, settled: JsonObject]>([
  [
    "learn-js",
    cave("learn-js"),
    { temperature: 60, humidity: "70" },
    { temperature: 60, humidity: 70 },
  ],
  [
    "learn-js without a setpoint",
    cave("learn-js"),
    { temperature: 60 },
    { temperature: 60, humidity: "NaN" },
  ],
  [
    "learn-csharp",
    cave("learn-csharp"),
    { temperature: 60, humidity: 70 },
    { temperature: 60, humidity: 70 },
  ],
  [
    "dps",
    cave("dps"),
    { fanstate: "on", temperature: 60 },
    { fanstate: "on", temperature: 60, humidity: 79 },
  ],
  [
    "module",
    cave("module"),
    { fanState: "on", humidity: 70, telemetryInterval: 3, patchId: "p7" },
    {
      fanState: "on",
      fanstate: "on",
      temperature: 60,
      humidity: 70,
      telemetryInterval: 3,
      telemetryDelay: null,
      patchId: "p7",
    },
  ],
  [
    "pnp cave",
    cave("pnp"),
    { desiredTemperature: 60, desiredHumidity: 400, fanstate: "on" },
    { desiredTemperature: 60, desiredHumidity: 79, fanstate: "on", telemetryInterval: null },
  ],
  [
    "belt of the modules",
    belt("module"),
    { desiredSpeed: "FAST", stopAlertAfter: 9 },
    { desiredSpeed: "fast", stopAlertAfter: 9, telemetryInterval: null, telemetryDelay: null },
  ],
  [
    "pnp belt",
    belt("pnp"),
    { desiredSpeed: "slow", telemetryInterval: 4 },
    { desiredSpeed: "slow", telemetryInterval: 4, stopAlertAfter: 5 },
  ],
  ["belt of a sample", belt("learn-js"), { desiredSpeed: "slow" }, {}],
  [
    "template that echoes nothing",
    barrel,
    { limit: 7, mode: 3, pumps: null, other: 1 },
    { limit: 7, mode: "eco", pumps: true, telemetryInterval: null },
  ],
])("%s tells what it has settled on, and after a restore too", ([, make, patch, settled]) => {
  const { device } = make();
  device.desired({}, INITIAL);
  device.desired(patch, PUSHED);
  const told = device.settled?.();
  expect(told).toEqual(settled);
  const other = make().device;
  const saved: Json = JSON.parse(JSON.stringify(device.snapshot()));
  other.restore(saved);
  expect(other.settled?.()).toEqual(told);
});
