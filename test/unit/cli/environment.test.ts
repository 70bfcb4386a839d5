import { expect, test } from "vitest";

import { applyEnvironment } from "../../../src/cli/environment.ts";

const parser = {
  getOptions: () => ({
    key: {
      devices: true,
      "save-messages": true,
      threshold: true,
      "mqtt-port": true,
      version: true,
    },
    boolean: ["save-messages", "version"],
    number: ["mqtt-port"],
    array: ["threshold"],
  }),
};

test("options that were not typed come from the environment, in their type", () => {
  const given: Record<string, unknown> = {};
  const env = {
    DPS_FLEET_DEVICES: "7",
    DPS_FLEET_SAVE_MESSAGES: "true",
    DPS_FLEET_THRESHOLD: "a == 1",
    DPS_FLEET_MQTT_PORT: "0",
    DPS_FLEET_OF_ANOTHER_COMMAND: "1",
  };
  applyEnvironment(given, parser, { argv: ["run"], env });
  expect(given).toMatchObject({
    devices: "7",
    "save-messages": true,
    saveMessages: true,
    threshold: ["a == 1"],
    mqttPort: 0,
  });
  expect(Object.keys(given)).not.toContain("of-another-command");
});

test("help and version are no settings", () => {
  const given: Record<string, unknown> = {};
  applyEnvironment(given, parser, { argv: ["run"], env: { DPS_FLEET_VERSION: "1.2.3" } });
  expect(given).toEqual({});
});

test.each([["--devices"], ["--devices=3"]])("a flag that was typed wins: %s", (word) => {
  const given: Record<string, unknown> = { devices: "3" };
  const env = { DPS_FLEET_DEVICES: "7" };
  applyEnvironment(given, parser, { argv: ["run", word, "3"], env });
  expect(given["devices"]).toBe("3");
});
