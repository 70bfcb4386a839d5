import { expect, test } from "vitest";
import { testPki } from "../support/pki.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import { emulatorForTest } from "./emulator-wire.ts";
import { documentsOf, useEverything } from "./kept-documents.ts";
import { KeptEmulator } from "./kept-emulator.ts";

test("the same requests in the same order give the same documents, to the byte", async () => {
  const pki = await testPki();
  const leaf = await pki.leaf("cave");
  const texts: string[] = [];
  for (const seed of [7, 7, 8]) {
    const world = await emulatorForTest({ seed }, pki);
    await useEverything(world, leaf);
    // Telemetry has the times of the machine.
    const { events: _, ...documents } = await documentsOf(world);
    texts.push(JSON.stringify(documents));
    await world.emulator.stop();
  }
  expect(texts[1]).toBe(texts[0]);
  expect(texts[2]).not.toBe(texts[0]);
});

test("with kept state the ids, keys and times of a seed go on at the next start, and none comes twice", async () => {
  await using kept = await KeptEmulator.start({ seed: 7 });
  const first = await create(kept, "a");
  await kept.restart({ seed: 7 });
  const second = await create(kept, "b");
  expect(second.etag).not.toBe(first.etag);
  expect(second.authentication).not.toEqual(first.authentication);
  expect(Number(second.generationId)).toBeGreaterThan(Number(first.generationId));
});

async function create(kept: KeptEmulator, deviceId: string) {
  using clients = serviceClients(kept.world);
  return (await clients.registry.create({ deviceId })).responseBody;
}
