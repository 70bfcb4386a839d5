import { expect, test } from "vitest";
import { serviceClients } from "./emulator-service-clients.ts";
import { HUB } from "./emulator-wire.ts";
import { KeptEmulator } from "./kept-emulator.ts";

const SECOND = "second-hub.azure-devices.net";

const entry = (registrationId: string, deviceId: string) => ({
  registrationId,
  deviceId,
  attestation: { type: "symmetricKey", symmetricKey: {} },
});
const device = (deviceId: string, site: string) => ({ deviceId, tags: { site } });

test("what a user changed or deleted is not reset by what a restart begins with, and what is new is added", async () => {
  const first = {
    enrollments: [entry("one", "one"), entry("two", "two")],
    hubSettings: { [HUB]: { devices: [device("a", "north"), device("b", "north")] } },
  };
  await using kept = await KeptEmulator.start(first);
  {
    using clients = serviceClients(kept.world);
    await clients.dps.deleteIndividualEnrollment("two");
    await clients.registry.delete("b");
    await clients.registry.updateTwin("a", { tags: { site: "south" } }, "*");
    await clients.registry.create({ deviceId: "c", status: "disabled" });
  }
  await kept.restart({
    enrollments: [...first.enrollments, entry("three", "three")],
    hubSettings: {
      [HUB]: { devices: [...first.hubSettings[HUB].devices, device("c", "x"), device("d", "x")] },
    },
  });
  using clients = serviceClients(kept.world);
  await expect(clients.dps.getIndividualEnrollment("two")).rejects.toThrow("Not found");
  expect((await clients.dps.getIndividualEnrollment("three")).responseBody.deviceId).toBe("three");
  const { responseBody: all } = await clients.registry.list();
  expect(all.map(({ deviceId }) => deviceId).toSorted()).toEqual(["a", "c", "d"]);
  expect((await clients.registry.getTwin("a")).responseBody.tags).toEqual({ site: "south" });
  expect((await clients.registry.get("c")).responseBody.status).toBe("disabled");
});

test("hubs may come, and those that are kept come back by themselves or are asked for", async () => {
  await using kept = await KeptEmulator.start({ idScope: "0ne1" });
  await kept.restart({ hubs: [HUB, SECOND], idScope: "0ne1" });
  const { hubConnectionStrings } = kept.world.emulator;
  await kept.restart({ hubs: [HUB, SECOND] });
  expect(kept.world.emulator).toMatchObject({ hubs: [HUB, SECOND], idScope: "0ne1" });
  expect(kept.world.emulator.hubConnectionStrings).toEqual(hubConnectionStrings);
  await expect(kept.restart({ hubs: [HUB], idScope: "0ne2" })).rejects.toMatchObject({
    code: "USAGE",
    problems: [
      { place: "idScope", message: "expected 0ne1, that of the kept state, got 0ne2" },
      { place: "hubs", message: `missing, with kept state: ${SECOND}` },
    ],
  });
  await kept.restart({ hubs: [HUB, SECOND] });
});
