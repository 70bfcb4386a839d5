const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { Registry } = require("azure-iothub");
const { startEmulator } = require("dps-fleet/emulator");

let emulator;
before(async () => {
  emulator = await startEmulator();
});
after(() => emulator.stop());

test("a hub keeps identities, as Azure's does", async () => {
  const registry = Registry.fromConnectionString(emulator.hubConnectionStrings[0]);
  // Microsoft's service clients take no port and no CA: the agent gives them both.
  registry._restApiClient.setOptions({ http: { agent: emulator.agent } });
  await registry.create({ deviceId: "cave-1" });
  const { responseBody: twin } = await registry.getTwin("cave-1");
  assert.equal(twin.properties.desired.$version, 1);
});
