import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import type { HubCommandsWorld } from "./hub-commands-world.ts";
import { hubCommandsWorld } from "./hub-commands-world.ts";

const MANY = 1_150;
let world: HubCommandsWorld;
beforeAll(async () => {
  world = await hubCommandsWorld({ hubs: ["one.azure-devices.net", "two.azure-devices.net"] });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const devices = (...words: readonly string[]) => world.run("devices", ...words);
const line = z.looseObject({ deviceId: z.string(), hub: z.string(), deviceEtag: z.string() });
async function listed(...words: readonly string[]) {
  const { stdout } = await devices("list", "--json", ...words);
  return stdout.split("\n").flatMap((text) => (text === "" ? [] : [line.parse(JSON.parse(text))]));
}
const keyOf = async (deviceId: string): Promise<string | undefined> => {
  const { responseBody } = await world.clients.registry.get(deviceId);
  return responseBody.authentication?.symmetricKey?.primaryKey;
};

test("devices are listed with what the registry says of them, and never a key", async () => {
  await world.create("list-1");
  await world.create("list-2", 1);
  const { exitCode, stdout, stderr } = await devices("list");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "2 devices\n" });
  expect(stdout).toMatch(
    /^DEVICE +HUB +STATUS +CONNECTION +AUTHENTICATION +LAST ACTIVITY +ETAG\nlist-1 +one +enabled +Disconnected +sas +never +\S+\nlist-2 +two /,
  );
  const all = await listed();
  expect(all).toMatchObject([
    { deviceId: "list-1", status: "enabled", authenticationType: "sas" },
    { deviceId: "list-2", hub: "two.azure-devices.net" },
  ]);
  const key = await keyOf("list-1");
  expect(key).toHaveLength(44);
  expect(`${stdout}${JSON.stringify(all)}`).not.toContain(key);
});

test("more devices than one page holds are listed to the last one", async () => {
  const ids = Array.from({ length: MANY }, (_, at) => `many-${at}`);
  for (let at = 0; at < MANY; at += 100)
    await world.clients.registry.addDevices(
      ids.slice(at, at + 100).map((deviceId) => ({ deviceId })),
    );
  const query = "SELECT * FROM devices WHERE STARTSWITH(deviceId, 'many-')";
  const found = await listed("--query", query);
  expect(new Set(found.map(({ deviceId }) => deviceId))).toEqual(new Set(ids));
  expect(found).toHaveLength(MANY);
});

test("a device is disabled and enabled, keeps its keys, and what is so already is told", async () => {
  await world.create("off-1");
  const key = await keyOf("off-1");
  await world.run("twin", "set", "off-1", "--tags", '{"kept":true}');
  expect(await devices("disable", "off-1", "--yes")).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^DEVICE +HUB +RESULT\noff-1 +one +disabled\n$/),
    stderr: "",
  });
  expect((await world.clients.registry.get("off-1")).responseBody.status).toBe("disabled");
  const again = await devices("disable", "off-1", "--yes", "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ deviceId: "off-1", result: "unchanged" });
  const query = "SELECT * FROM devices WHERE status = 'disabled'";
  expect(await devices("enable", "--query", query, "--yes")).toMatchObject({ exitCode: 0 });
  const { responseBody } = await world.clients.registry.get("off-1");
  expect(responseBody.status).toBe("enabled");
  expect(await keyOf("off-1")).toBe(key);
  const twin = await world.run("twin", "get", "off-1", "--json");
  expect(JSON.parse(twin.stdout)).toMatchObject({ tags: { kept: true } });
});

test("an etag that is not the identity's ends with 3, and the right one will do", async () => {
  await world.create("match-1");
  const [device] = await listed("--query", "SELECT * FROM devices WHERE deviceId = 'match-1'");
  for (const change of ["disable", "delete"])
    expect(await devices(change, "match-1", "--yes", "--if-match", "AAAA")).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringMatching(/answered 412 [^]*hint: somebody else changed it/),
    });
  const right = ["--yes", "--if-match", device?.deviceEtag ?? ""];
  expect(await devices("delete", "match-1", ...right)).toMatchObject({ exitCode: 0 });
  await expect(world.clients.registry.get("match-1")).rejects.toThrow("not found");
});

test("devices that are there are deleted beside one that is not", async () => {
  await world.create("gone-1");
  await world.create("gone-2", 1);
  expect(await devices("delete", "gone-1", "gone-2", "nobody", "--yes")).toEqual({
    exitCode: 3,
    stdout: expect.stringMatching(/gone-1 +one +deleted\ngone-2 +two +deleted\n$/),
    stderr: expect.stringMatching(/1 of 3 devices could not be deleted[^]*1 device: nobody/),
  });
});

test("where nobody can be asked and --yes is not given, nothing is done", async () => {
  await world.create("kept-1");
  expect(await devices("delete", "kept-1")).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /--yes: expected it as the answer to: Delete 1 device at one\.azure-devices\.net \(kept-1\)\?/,
    ),
  });
  expect(await keyOf("kept-1")).toHaveLength(44);
});

test("a query that gives no devices is told", async () => {
  const query = "SELECT status, COUNT() AS n FROM devices GROUP BY status";
  expect(await devices("list", "--query", query)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("--query: expected rows with deviceId"),
  });
});
