import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { z } from "zod";
import { startWebhook } from "../conformance/support/webhook.ts";
import { hubToken } from "./emulator-events.ts";
import { manage } from "./emulator-management.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import { HUB, openDps, publishPacket } from "./emulator-wire.ts";
import { KeptEmulator } from "./kept-emulator.ts";

const accepted = z.object({ operationId: z.string(), status: z.string() });
const polled = accepted.extend({ registrationState: z.unknown() });

/** Asks DPS over MQTT; gives the answer. */
async function ask(world: TestEmulator, keys: DeviceKeys, path: string): Promise<unknown> {
  await using client = await openDps(world, "cave", keys);
  client.send(publishPacket(`$dps/registrations/${path}`, "", { qos: 0 }));
  return JSON.parse((await client.nextPublish()).body);
}

const pollOf = (operationId: string): string =>
  `GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`;

test("a device that polls after a restart gets the answer to what it asked for before", async () => {
  await using kept = await KeptEmulator.start();
  await enrollGroup(kept.world);
  const keys = await kept.world.pki.leaf("cave");
  const { operationId } = accepted.parse(
    await ask(kept.world, keys, "PUT/iotdps-register/?$rid=1"),
  );
  const before = await ask(kept.world, keys, pollOf(operationId));
  expect(before).toMatchObject({ status: "assigned", registrationState: { assignedHub: HUB } });
  await kept.restart();
  expect(await ask(kept.world, keys, pollOf(operationId))).toEqual(before);
});

test("an assignment that a stop has cut off is begun anew", async () => {
  const asked = new EventEmitter();
  await using hook = await startWebhook(async (_call, count) => {
    asked.emit("call");
    if (count === 1) await once(asked, "never");
    return { status: 200, body: { iotHubHostName: HUB, payload: { nth: count } } };
  });
  await using kept = await KeptEmulator.start();
  await enrollGroup(kept.world);
  using clients = serviceClients(kept.world);
  const { responseBody } = await clients.dps.getEnrollmentGroup("caves");
  await clients.dps.createOrUpdateEnrollmentGroup(Object.assign(responseBody, hook.policy));
  const keys = await kept.world.pki.leaf("cave");
  const called = once(asked, "call");
  const { operationId } = accepted.parse(
    await ask(kept.world, keys, "PUT/iotdps-register/?$rid=1"),
  );
  await called;
  await kept.restart();
  for (;;) {
    const answer = polled.parse(await ask(kept.world, keys, pollOf(operationId)));
    if (answer.status === "assigning") continue;
    expect(answer).toMatchObject({
      status: "assigned",
      registrationState: { assignedHub: HUB, payload: { nth: 2 } },
    });
    break;
  }
  expect(hook.calls[1]).toEqual(hook.calls[0]);
});

const job = z.object({
  status: z.string(),
  deviceJobStatistics: z.object({ succeededCount: z.number(), pendingCount: z.number() }),
});

async function callJob(world: TestEmulator, method: string, id: string, body?: unknown) {
  const answer = await manage(world, method, `/jobs/v2/${id}`, {
    host: HUB,
    token: null,
    headers: { authorization: hubToken(world) },
    body,
  });
  return job.parse(answer.body);
}

async function jobOnce(world: TestEmulator, id: string, status: string) {
  for (;;) {
    const now = await callJob(world, "GET", id);
    if (now.status === status) return now;
    await delay(5);
  }
}

test("jobs go on after a restart: those that run, those for later, and those that have ended stay", async () => {
  const twinJob = {
    type: "scheduleUpdateTwin",
    updateTwin: { etag: "*", tags: { done: true } },
    queryCondition: "*",
  };
  await using kept = await KeptEmulator.start({ jobDeviceRatePerS: 1 });
  {
    using clients = serviceClients(kept.world);
    await clients.registry.addDevices(["a", "b", "c"].map((deviceId) => ({ deviceId })));
  }
  const one = { ...twinJob, queryCondition: "deviceId = 'a'" };
  await callJob(kept.world, "PUT", "ended", one);
  const ended = await jobOnce(kept.world, "ended", "completed");
  await callJob(kept.world, "PUT", "runs", twinJob);
  const startTime = new Date(Date.now() + 300).toISOString();
  await callJob(kept.world, "PUT", "later", { ...one, startTime });
  await jobOnce(kept.world, "runs", "running");
  expect((await callJob(kept.world, "GET", "runs")).deviceJobStatistics.succeededCount).toBe(0);
  await kept.restart();
  expect(await callJob(kept.world, "GET", "ended")).toEqual(ended);
  const { deviceJobStatistics } = await jobOnce(kept.world, "runs", "completed");
  expect(deviceJobStatistics.succeededCount).toBe(3);
  await jobOnce(kept.world, "later", "completed");
});
