import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { createProvisioningTransport } from "../../../src/device/azure-sdk.ts";

test("an error that comes when a connection to DPS has ended does not end the process", () => {
  const provider = { connect: () => new EventEmitter() };
  const base: unknown = Reflect.get(createProvisioningTransport(provider), "_mqttBase");
  if (!(base instanceof EventEmitter)) throw new TypeError("the SDK keeps its base elsewhere");
  // The SDK listens, and would call a callback that nobody gave.
  expect(base.listenerCount("error")).toBe(1);
  expect(() => base.emit("error", new Error("write ECONNRESET"))).not.toThrow();
});
