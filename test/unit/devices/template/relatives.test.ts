import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { model } from "../../../../devices/template/index.ts";
import { parseScenario } from "../../../../src/scenario/scenario.ts";
import { INITIAL, PUSHED } from "../../../support/model-device.ts";
import { bodyOf, templateOf } from "./templates.ts";

const FILE = "scenarios/container-device.yaml";
const { fleet } = parseScenario(readFileSync(FILE, "utf8"), FILE);
/** The two devices of the AZ-220 labs, as the scenario has them. */
const [CONTAINER = {}, CAVE = {}] = fleet.map(({ settings }) => settings);

/** Its first message where every draw is the same. */
const containersAt = (draw: number): unknown => templateOf(CONTAINER, { draw: () => draw }).run(1);

test("ContainerDevice sends 20+15U, 60+20U, 1013.25+12U, 39.810492+0.5U, -98.556061+0.5U, unrounded, without content type", () => {
  expect(containersAt(0)).toEqual([
    {
      body: '{"temperature":20,"humidity":60,"pressure":1013.25,"latitude":39.810492,"longitude":-98.556061}',
      properties: { temperatureAlert: "false" },
    },
  ]);
  expect(containersAt(0.75)).toEqual([
    {
      body: '{"temperature":31.25,"humidity":75,"pressure":1022.25,"latitude":40.185492,"longitude":-98.181061}',
      properties: { temperatureAlert: "true" },
    },
  ]);
  for (const body of templateOf(CONTAINER).bodies(20)) {
    expect(body).toMatch(
      /^\{"temperature":[23]\d\.\d{5,},"humidity":[67]\d\.\d{5,},"pressure":10[12]\d\.\d{5,},/,
    );
  }
});

test("ContainerDevice takes its delay from the twin as a text of seconds, and reports it as it came", () => {
  const { device } = templateOf(CONTAINER);
  expect(device.desired({ telemetryDelay: "1" }, INITIAL)).toEqual({ telemetryDelay: "1" });
  expect(device.intervalS).toBe(1);
  expect(device.desired({ telemetryDelay: "2" }, PUSHED)).toEqual({ telemetryDelay: "2" });
  expect(device.intervalS).toBe(2);
});

test("CaveDevice sends temperature and humidity each second; its alert is always there, and true above 30", () => {
  expect(fleet[1]?.telemetry.intervalMs).toBe(1_000);
  for (const { body, properties } of templateOf(CAVE).run(50)) {
    const { temperature, humidity, ...more } = bodyOf(body);
    expect(more).toEqual({});
    expect(properties).toEqual({ temperatureAlert: String(Number(temperature) > 30) });
    expect(Number(humidity)).toBeGreaterThanOrEqual(60);
  }
  const { device } = templateOf(CAVE);
  expect(device.desired({ telemetryDelay: "9" }, INITIAL)).toBeUndefined();
  expect(device.intervalS).toBeUndefined();
});

test("the settings of the shipped scenarios are good", () => {
  const file = "scenarios/template.yaml";
  const entries = parseScenario(readFileSync(file, "utf8"), file).fleet;
  for (const { settings } of [...fleet, ...entries.filter((entry) => entry.model === "template")]) {
    expect(model.checkSettings(settings)).toEqual([]);
  }
});
