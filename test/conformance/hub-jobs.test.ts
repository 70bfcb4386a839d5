import { X509Certificate, randomUUID } from "node:crypto";
import type iothub from "azure-iothub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entries } from "./support/entries.ts";
import type { HubDevice } from "./support/hub-device.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { endedJob, jobClient, jobOf, jobWhen } from "./support/jobs.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";

const HOUR_MS = 3_600_000;
let target: Target;
let jobs: iothub.JobClient;
beforeAll(async () => {
  target = await conformanceTarget();
  jobs = jobClient(target);
});
afterAll(() => target[Symbol.asyncDispose]());

const jobName = (): string => `job-${randomUUID()}`;
const inList = (...ids: readonly string[]): string =>
  `deviceId IN [${ids.map((id) => `'${id}'`).join(", ")}]`;

/** An identity that nobody connects with. */
async function identity(my: Entries, text: string): Promise<string> {
  const id = my.name(text);
  const x509Thumbprint = { primaryThumbprint: "AB".repeat(20) };
  await my.identity(id, { type: "selfSigned", x509Thumbprint });
  return id;
}

/** An identity with its device, connected by Microsoft's client. */
async function connected(my: Entries, text: string): Promise<HubDevice> {
  const id = my.name(text);
  const keys = await target.pki.leaf(id);
  const primaryThumbprint = new X509Certificate(keys.certificatePem).fingerprint.replaceAll(
    ":",
    "",
  );
  await my.identity(id, { type: "selfSigned", x509Thumbprint: { primaryThumbprint } });
  return await hubDevice(target, id, keys);
}

const tagsOf = async (deviceId: string): Promise<unknown> =>
  (await target.clients.registry.getTwin(deviceId)).responseBody.tags;

const coded = (code: string) => ({
  responseBody: expect.stringContaining(`ErrorCode:${code};`),
});

const allDone = (failed: number, succeeded: number) => ({
  deviceCount: failed + succeeded,
  failedCount: failed,
  succeededCount: succeeded,
  runningCount: 0,
  pendingCount: 0,
});

describe("Schedule jobs on multiple devices (Microsoft Learn, jobs to update device twin properties)", () => {
  test("a job writes tags and desired properties of the devices that its condition names, and of no other", async () => {
    await using my = target.entries();
    const ids = [await identity(my, "in-1"), await identity(my, "in-2")];
    const other = await identity(my, "out");
    const jobId = jobName();
    const patch = {
      etag: "*",
      tags: { jobId },
      properties: { desired: { interval: 30 }, reported: {} },
    };
    const answer = await jobs.scheduleTwinUpdate(jobId, inList(...ids), patch, new Date(), 120);
    expect(jobOf(answer)).toMatchObject({ jobId, type: "scheduleUpdateTwin", status: "queued" });
    expect(await endedJob(jobs, jobId)).toMatchObject({
      status: "completed",
      queryCondition: inList(...ids),
      maxExecutionTimeInSeconds: 120,
      endTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      deviceJobStatistics: allDone(0, 2),
    });
    for (const id of ids) {
      const { responseBody: twin } = await target.clients.registry.getTwin(id);
      expect(twin.tags).toEqual({ jobId });
      expect(twin.properties.desired).toMatchObject({ interval: 30, $version: 2 });
    }
    expect(await tagsOf(other)).toEqual({});
  });

  test("the condition is the WHERE part of a query over twins", async () => {
    await using my = target.entries();
    const [here, there] = [await identity(my, "tag-1"), await identity(my, "tag-2")];
    const site = randomUUID();
    await target.clients.registry.updateTwin(here, { tags: { site, floor: 3 } }, "*");
    await target.clients.registry.updateTwin(there, { tags: { site, floor: 4 } }, "*");
    const jobId = jobName();
    const condition = `tags.site = '${site}' AND tags.floor > 3`;
    await jobs.scheduleTwinUpdate(jobId, condition, { etag: "*", tags: { floor: 5 } });
    expect(await endedJob(jobs, jobId)).toMatchObject({ deviceJobStatistics: allDone(0, 1) });
    expect(await tagsOf(here)).toEqual({ site, floor: 3 });
    expect(await tagsOf(there)).toEqual({ site, floor: 5 });
  });

  test("a connected device is told of the desired properties that a job writes", async () => {
    await using my = target.entries();
    await using device = await connected(my, "told");
    const twin = await device.client.getTwin();
    const told = new Promise<unknown>((resolve) => {
      twin.on("properties.desired.interval", resolve);
    });
    await report(twin, { ready: true });
    const jobId = jobName();
    const patch = { etag: "*", properties: { desired: { interval: 15 } } };
    await jobs.scheduleTwinUpdate(jobId, inList(device.deviceId), patch);
    expect(await told).toBe(15);
    expect(await endedJob(jobs, jobId)).toMatchObject({ status: "completed" });
  });

  test("a twin that does not have the job's etag stays as it is and counts as failed", async () => {
    await using my = target.entries();
    const id = await identity(my, "etag");
    const jobId = jobName();
    await jobs.scheduleTwinUpdate(jobId, inList(id), { etag: "AAAAAAAAAGM=", tags: { n: 1 } });
    expect(await endedJob(jobs, jobId)).toMatchObject({ deviceJobStatistics: allDone(1, 0) });
    expect(await tagsOf(id)).toEqual({});
  });

  test("a job without a start time begins at once, and may run for an hour", async () => {
    await using my = target.entries();
    const id = await identity(my, "now");
    const jobId = jobName();
    await jobs.scheduleTwinUpdate(jobId, inList(id), { etag: "*", tags: { n: 1 } });
    const ended = await endedJob(jobs, jobId);
    expect(ended).toMatchObject({ status: "completed", maxExecutionTimeInSeconds: 3600 });
    expect(ended["startTime"]).toBe(ended["createdTime"]);
  });
});

describe("Schedule jobs on multiple devices (Microsoft Learn, jobs to execute direct methods)", () => {
  test("a job calls a method on each device; one that is not connected counts as failed", async () => {
    await using my = target.entries();
    await using device = await connected(my, "called");
    const offline = await identity(my, "offline");
    const called = new Promise<unknown>((resolve) => {
      device.client.onDeviceMethod("reboot", (request, response) => {
        resolve(request.payload);
        // Nobody reads what becomes of it.
        void response.send(200, { done: true }).catch(() => {});
      });
    });
    // Behind the subscription to methods on the wire.
    await report(await device.client.getTwin(), { ready: true });
    const jobId = jobName();
    const method = { methodName: "reboot", payload: { in: "5s" }, responseTimeoutInSeconds: 20 };
    const condition = inList(device.deviceId, offline);
    const answer = await jobs.scheduleDeviceMethod(jobId, condition, method, new Date(), 120);
    expect(jobOf(answer)).toMatchObject({
      type: "scheduleDeviceMethod",
      status: "queued",
      cloudToDeviceMethod: method,
    });
    expect(await called).toEqual({ in: "5s" });
    expect(await endedJob(jobs, jobId)).toMatchObject({
      status: "completed",
      deviceJobStatistics: allDone(1, 1),
    });
  });

  test("a cancelled job waits for no answer any more", async () => {
    await using my = target.entries();
    await using device = await connected(my, "silent");
    const called = new Promise<void>((resolve) => {
      device.client.onDeviceMethod("reboot", () => resolve());
    });
    await report(await device.client.getTwin(), { ready: true });
    const jobId = jobName();
    const method = { methodName: "reboot", payload: null, responseTimeoutInSeconds: 300 };
    await jobs.scheduleDeviceMethod(jobId, inList(device.deviceId), method);
    await called;
    expect(await jobWhen(jobs, jobId, ({ status }) => status === "running")).toMatchObject({
      deviceJobStatistics: { deviceCount: 1, runningCount: 1 },
    });
    await jobs.cancelJob(jobId);
    expect(await endedJob(jobs, jobId)).toMatchObject({
      status: "cancelled",
      deviceJobStatistics: { deviceCount: 1, runningCount: 0 },
    });
  });
});

describe("Schedule jobs on multiple devices (Microsoft Learn, job lifecycle and querying for progress)", () => {
  test("a job for a time in the future is scheduled, and runs nowhere when it is cancelled before", async () => {
    await using my = target.entries();
    const id = await identity(my, "later");
    const jobId = jobName();
    const start = new Date(Date.now() + HOUR_MS);
    const patch = { etag: "*", tags: { n: 1 } };
    const answer = await jobs.scheduleTwinUpdate(jobId, inList(id), patch, start, 120);
    expect(jobOf(answer)).toMatchObject({ status: "queued" });
    const scheduled = await jobWhen(jobs, jobId, ({ status }) => status === "scheduled");
    expect(new Date(String(scheduled["startTime"]))).toEqual(start);
    await jobs.cancelJob(jobId);
    expect(await endedJob(jobs, jobId)).toMatchObject({ jobId, status: "cancelled" });
    expect(await tagsOf(id)).toEqual({});
  });

  test("jobs are listed by type and status, page by page", async () => {
    const start = new Date(Date.now() + HOUR_MS);
    const [a, b, c] = [jobName(), jobName(), jobName()];
    const tags = { etag: "*", tags: { n: 1 } };
    const method = { methodName: "reboot", payload: null };
    await jobs.scheduleTwinUpdate(a, inList("nobody"), tags, start);
    await jobs.scheduleDeviceMethod(b, inList("nobody"), method, start);
    await jobs.scheduleTwinUpdate(c, inList("nobody"), tags, start);
    try {
      await jobWhen(jobs, c, ({ status }) => status === "scheduled");
      const query = jobs.createQuery("scheduleUpdateTwin", "scheduled", 1);
      const found: string[] = [];
      let page = await query.next();
      for (;;) {
        const items: readonly { jobId: string }[] = page.result;
        expect(items.length).toBe(1);
        expect(page.message.headers["x-ms-item-type"]).toBe("JobResponse");
        found.push(...items.map(({ jobId }) => jobId));
        if (!query.hasMoreResults) break;
        page = await query.next(query.continuationToken);
      }
      expect(found.filter((id) => [a, b, c].includes(id))).toEqual([a, c]);
    } finally {
      for (const id of [a, b, c]) await jobs.cancelJob(id);
    }
  });
});

describe("Queries for IoT Hub jobs (Microsoft Learn)", () => {
  test("what a job did on each device, and the answer to its method, is in devices.jobs", async () => {
    await using my = target.entries();
    await using device = await connected(my, "asked");
    const offline = await identity(my, "away");
    device.client.onDeviceMethod("measure", (_request, response) => {
      // Nobody reads what becomes of it.
      void response.send(200, { celsius: 12 }).catch(() => {});
    });
    await report(await device.client.getTwin(), { ready: true });
    const jobId = jobName();
    const method = { methodName: "measure", payload: null, responseTimeoutInSeconds: 20 };
    await jobs.scheduleDeviceMethod(jobId, inList(device.deviceId, offline), method);
    await endedJob(jobs, jobId);
    const { registry } = target.clients;
    const sql = `SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '${jobId}'`;
    const { result, message } = await registry.createQuery(sql).next();
    expect(message.headers["x-ms-item-type"]).toBe("DeviceJob");
    const byDevice = [...result].toSorted((a, b) => (a.deviceId < b.deviceId ? 1 : -1));
    expect(byDevice).toMatchObject([
      {
        deviceId: offline,
        jobId,
        jobType: "scheduleDeviceMethod",
        status: "failed",
        error: { code: "DeviceNotOnline" },
      },
      {
        deviceId: device.deviceId,
        status: "completed",
        startTimeUtc: expect.stringMatching(/^\d{4}-/),
        endTimeUtc: expect.stringMatching(/^\d{4}-/),
        outcome: { deviceMethodResponse: { status: 200, payload: { celsius: 12 } } },
      },
    ]);
    const counted = `SELECT status, COUNT() AS n FROM devices.jobs WHERE jobId = '${jobId}' GROUP BY status`;
    expect((await registry.createQuery(counted).next()).result).toEqual([
      { status: "completed", n: 1 },
      { status: "failed", n: 1 },
    ]);
  });
});

describe("Understand and resolve Azure IoT Hub errors (Microsoft Learn)", () => {
  test("404002 JobNotFound is told of a job that was never there", async () => {
    await expect(jobs.getJob(jobName())).rejects.toMatchObject(coded("JobNotFound"));
    await expect(jobs.cancelJob(jobName())).rejects.toMatchObject(coded("JobNotFound"));
  });

  test("409104 JobAlreadyExists is told of a second job of the same id", async () => {
    const jobId = jobName();
    const start = new Date(Date.now() + HOUR_MS);
    const patch = { etag: "*", tags: { n: 1 } };
    await jobs.scheduleTwinUpdate(jobId, inList("nobody"), patch, start);
    const again = jobs.scheduleTwinUpdate(jobId, inList("nobody"), patch, start);
    await expect(again).rejects.toMatchObject(coded("JobAlreadyExists"));
    await jobs.cancelJob(jobId);
  });
});
