import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest, openDps, publishPacket } from "./emulator-wire.ts";

let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
  await enrollGroup(world);
});
afterAll(() => world.emulator.stop());

/** Sends one request on a connection of its own, as a device does that was cut off between two. */
async function ask(id: string, keys: DeviceKeys, request: string): Promise<unknown> {
  await using client = await openDps(world, id, keys);
  client.send(publishPacket(`$dps/registrations/${request}`, "", { qos: 0 }));
  return JSON.parse((await client.nextPublish()).body);
}

test("an operation is told to the device that began it, also on another connection, and to nobody else", async () => {
  const keys = await world.pki.leaf("op-1");
  const accepted = await ask("op-1", keys, "PUT/iotdps-register/?$rid=1");
  expect(accepted).toMatchObject({ status: "assigning", operationId: expect.any(String) });
  const { operationId } = Object(accepted);
  const poll = `GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`;
  expect(await ask("op-1", keys, poll)).toMatchObject({ status: "assigned" });
  // CONNECT lets in any leaf with the right name.
  const stranger = await world.pki.leaf("op-1", { signer: world.pki.otherRoot });
  expect(await ask("op-1", stranger, poll)).toMatchObject({ errorCode: 401002 });
  // A sibling has a right to be there, and not to this operation.
  const sibling = await world.pki.leaf("op-2");
  expect(await ask("op-2", sibling, poll)).toMatchObject({ errorCode: 404203 });
});
