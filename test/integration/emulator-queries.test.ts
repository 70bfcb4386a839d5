import { afterAll, beforeAll, expect, test } from "vitest";
import { serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest } from "./emulator-wire.ts";

let world: TestEmulator;
let clients: ReturnType<typeof serviceClients>;
beforeAll(async () => {
  world = await emulatorForTest({ queryMaxLength: 500_000 });
  clients = serviceClients(world);
});
afterAll(async () => {
  clients[Symbol.dispose]();
  await world.emulator.stop();
});

const where = (condition: string): string => `SELECT * FROM devices WHERE ${condition}`;
const notHere = "at character 23: expected JOBS: of collections there are devices and devices.jobs";

test.for([
  ["a wrong operator", where("tags.a == 1"), "at character 37: expected a name or a value"],
  ["modules", "SELECT * FROM devices.modules", notHere],
  ["a member that no twin has", where("colour = 'red'"), "at character 29: a twin has no colour"],
  ["100,000 parentheses", where("(".repeat(100_000)), "at character 94: nested more than 64 deep"],
  ["100,000 NOTs", where("NOT ".repeat(100_000)), "nested more than 64 deep"],
  ["a text too long", "x".repeat(500_001), "longer than 500000 characters"],
] as const)("%s in a query is refused with 400 and its place", async ([, text, message]) => {
  await expect(clients.registry.createQuery(text).nextAsTwin()).rejects.toMatchObject({
    name: "ArgumentError",
    responseBody: expect.stringContaining(message),
  });
});
