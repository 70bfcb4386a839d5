import { request } from "node:https";
import { once } from "node:events";
import { expect, test } from "vitest";
import type { EmbeddedEmulatorOptions } from "../../src/embed/emulator.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import { DPS, emulatorForTest, openDps, publishPacket, registerOn } from "./emulator-wire.ts";

/** The clock stands still unless a test moves it. */
function clockAt() {
  const time = { nowMs: Date.now() };
  return { time, clock: () => time.nowMs };
}

const REGISTER = "$dps/registrations/PUT/iotdps-register/?$rid=";

test("a registration above the limit is answered 429 with the time until there is room", async () => {
  const { time, clock } = clockAt();
  await using world = await emulatorForTest({ dpsRegistrationsPerMinute: 2, clock });
  await enrollGroup(world);
  await using device = await openDps(world, "dps-1", await world.pki.leaf("dps-1"));
  const register = async (rid: string) => {
    device.send(publishPacket(`${REGISTER}${rid}`, "", { qos: 0 }));
    return await device.nextPublish();
  };
  expect((await register("a")).topic).toMatch(/res\/202\//);
  time.nowMs += 20_000;
  expect((await register("b")).topic).toMatch(/res\/(202|409)\//);
  time.nowMs += 10_000;
  const refused = await register("c");
  expect(refused.topic).toBe("$dps/registrations/res/429/?$rid=c&retry-after=30");
  expect(JSON.parse(refused.body)).toMatchObject({ errorCode: 429001 });
  time.nowMs += 29_999;
  expect((await register("d")).topic).toContain("/res/429/?$rid=d&retry-after=1");
  time.nowMs += 1;
  expect((await register("e")).topic).not.toContain("/429/");
  // Not at the border of a minute, but sixty seconds after the second.
  expect((await register("f")).topic).toContain("/res/429/?$rid=f&retry-after=20");
});

test("attempts count though they fail, and look-ups with them; over HTTPS the answer has Retry-After", async () => {
  const { clock } = clockAt();
  await using world = await emulatorForTest({ dpsRegistrationsPerMinute: 2, clock });
  const { emulator, pki } = world;
  const keys = await pki.leaf("dps-2");
  const ask = async (method: string, path: string) => {
    const asked = request({
      host: emulator.host,
      port: emulator.httpsPort,
      servername: DPS,
      ca: pki.root.certificatePem,
      cert: keys.fullChainPem,
      key: keys.privateKeyPem,
      agent: false,
      method,
      path: `/${emulator.idScope}/registrations/dps-2${path}?api-version=2021-06-01`,
      headers: { host: DPS, "content-type": "application/json" },
    });
    asked.end(JSON.stringify({ registrationId: "dps-2" }));
    const [answer] = await once(asked, "response");
    answer.resume();
    return { status: answer.statusCode, retryAfter: answer.headers["retry-after"] };
  };
  // There is no enrollment.
  expect(await ask("PUT", "/register")).toMatchObject({ status: 401 });
  expect(await ask("POST", "")).toMatchObject({ status: 401 });
  for (const [method, path] of [
    ["PUT", "/register"],
    ["POST", ""],
  ] as const)
    expect(await ask(method, path)).toEqual({ status: 429, retryAfter: "60" });
});

test("a device has five polls in ten seconds, the sixth is answered 429", async () => {
  const { time, clock } = clockAt();
  await using world = await emulatorForTest({ tier: "S1", clock, assignmentMs: 3_600_000 });
  await enrollGroup(world);
  await using device = await openDps(world, "dps-3", await world.pki.leaf("dps-3"));
  device.send(publishPacket(`${REGISTER}r`, "", { qos: 0 }));
  const { operationId } = JSON.parse((await device.nextPublish()).body);
  const poll = async () => {
    const topic = `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=p&operationId=${operationId}`;
    device.send(publishPacket(topic, " ", { qos: 0 }));
    return (await device.nextPublish()).topic;
  };
  for (let at = 0; at < 5; at++) {
    expect(await poll()).toContain("/res/202/");
    time.nowMs += 1000;
  }
  expect(await poll()).toBe("$dps/registrations/res/429/?$rid=p&retry-after=5");
  time.nowMs += 5000;
  expect(await poll()).toContain("/res/202/");
  // Another device has its own.
  await using other = await openDps(world, "dps-4", await world.pki.leaf("dps-4"));
  expect((await registerOn(other)).topic).toContain("/res/202/");
});

test("service calls above 1,000 a minute are told 429, and a ThrottlingError in Microsoft's client", async () => {
  const { time, clock } = clockAt();
  await using world = await emulatorForTest({
    tier: "S1",
    clock,
    dpsServiceOperationsPerMinute: 2,
  });
  using clients = serviceClients(world);
  const query = { query: "*" };
  await clients.dps.createEnrollmentGroupQuery(query).next();
  await clients.dps.createEnrollmentGroupQuery(query).next();
  await expect(clients.dps.createEnrollmentGroupQuery(query).next()).rejects.toMatchObject({
    name: "ThrottlingError",
    response: { statusCode: 429, headers: { "retry-after": "60", "x-ms-error-code": "429001" } },
  });
  time.nowMs += 60_000;
  await clients.dps.createEnrollmentGroupQuery(query).next();
});

test("Microsoft's device client registers again after the time that it was told", async () => {
  const { time, clock } = clockAt();
  const options: EmbeddedEmulatorOptions = { dpsRegistrationsPerMinute: 1, clock };
  await using world = await faultWorld(["dps-5", "dps-6"], options);
  await world.register("dps-5");
  // There is room in half a second, and the client waits a whole one.
  time.nowMs += 59_500;
  const registered = world.register("dps-6");
  const refused = () => world.emulator.throttling.state().dps.refused;
  // Each look is a call that the emulator answers in between.
  while (refused() === 0) await world.registry.get("dps-6");
  time.nowMs += 500;
  expect(await registered).toMatchObject({ status: "assigned" });
  expect(refused()).toBe(1);
});
