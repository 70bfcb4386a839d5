import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import type { CommandWorld } from "./command-world.ts";
import { commandWorld } from "./command-world.ts";
import { register } from "./emulator-wire.ts";

const HUBS = ["one-hub.azure-devices.net", "two-hub.azure-devices.net"];

let world: CommandWorld;
beforeAll(async () => {
  world = await commandWorld({ hubs: HUBS, queryPageSize: 2 });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const enroll = (words: string) => world.command(`enroll ${words}`);

test("registration records are listed to the last page, and deleted by name and by group", async () => {
  await enroll(`group many --certificate intermediate.pem --hub ${HUBS[1]}`);
  const ids = Array.from({ length: 5 }, (_, at) => `many-${at}`);
  for (const id of ids) await register(world, id, await world.pki.leaf(id));
  const list = await world.command("registrations list many");
  expect(list.stdout).toMatch(/^REGISTRATION ID +DEVICE ID +HUB +STATUS/);
  expect(list.stdout).toMatch(/\nmany-3 +many-3 +two-hub\S+ +assigned +initialAssignment +20/);
  const json = z
    .array(z.looseObject({ registrationId: z.string(), assignedHub: z.string() }))
    .parse(JSON.parse((await world.command("registrations list many --json")).stdout));
  expect(json.map(({ registrationId }) => registrationId).toSorted()).toEqual(ids);
  expect(await world.command("registrations delete many-0")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/no terminal to ask on[^]*--yes/),
  });
  expect(await world.command("registrations delete many-0 nobody --yes")).toEqual({
    exitCode: 0,
    stdout: "registration records: 1 deleted, 1 had none\n",
    stderr: "",
  });
  expect(await world.command("registrations delete nobody --yes")).toMatchObject({ exitCode: 3 });
  const rest = await world.command("registrations delete --group many --yes --json");
  expect(JSON.parse(rest.stdout)).toEqual({ deleted: ids.slice(1), missing: [] });
  expect(await world.command("registrations list many")).toMatchObject({
    exitCode: 0,
    stdout: "",
    stderr: "no device of many has registered\n",
  });
  expect(await world.command("registrations delete --yes")).toMatchObject({ exitCode: 2 });
  await enroll("delete many");
});
