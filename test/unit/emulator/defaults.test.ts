import { expect, test } from "vitest";
import { AZURE_DEFAULTS, limitsFrom } from "../../../src/emulator/defaults.ts";

test("the defaults are the values that Azure documents", () => {
  expect(AZURE_DEFAULTS).toMatchObject({
    // Microsoft Learn, DPS: sample answers; limits table.
    retryAfterS: 3,
    registerMaxBytes: 98_304,
    // Microsoft Learn, IoT Hub: "Quotas and throttling", "Create and read messages".
    telemetryMaxBytes: 262_144,
    // "Understand and invoke direct methods".
    methodPayloadMaxBytes: 131_072,
    methodResponseTimeoutS: 30,
    methodResponseTimeoutMinS: 5,
    methodResponseTimeoutMaxS: 300,
    methodConnectTimeoutMaxS: 300,
    // "Send cloud-to-device messages from an IoT hub", "Quotas and throttling".
    commandMaxBytes: 65_536,
    commandQueueDepthMax: 50,
    commandTtlMs: 3_600_000,
    commandTtlMaxMs: 172_800_000,
    commandLockMs: 60_000,
    commandDeliveryCountMax: 10,
    // "Understand and use device twins": size and format.
    tagsMaxBytes: 8_192,
    propertiesMaxBytes: 32_768,
    twinKeyMaxBytes: 1_024,
    twinStringMaxBytes: 4_096,
    twinDepthMax: 10,
    twinIntegerMin: -4_503_599_627_370_496,
    twinIntegerMax: 4_503_599_627_370_495,
    // "Communicate with an IoT hub using MQTT": 29.45 minutes, divided by 1.5.
    keepaliveMaxS: 1_177,
  });
});

test("an option replaces its default and no other", () => {
  expect(limitsFrom({ retryAfterS: 0 })).toEqual({ ...AZURE_DEFAULTS, retryAfterS: 0 });
});

test("what is no limit is left out", () => {
  const options = { hubs: ["a-hub"], drainMs: 1 };
  expect(limitsFrom(options)).toEqual({ ...AZURE_DEFAULTS, drainMs: 1 });
});
