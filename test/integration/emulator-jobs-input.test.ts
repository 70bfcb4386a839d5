import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobWorld } from "./emulator-jobs.ts";
import { METHOD, TAGS, jobWorld } from "./emulator-jobs.ts";

let world: JobWorld;
beforeAll(async () => {
  world = await jobWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const twin = (updateTwin: unknown): unknown => ({ ...TAGS, updateTwin });
const method = (cloudToDeviceMethod: unknown): unknown => ({ ...METHOD, cloudToDeviceMethod });
const condition = (queryCondition: unknown): unknown => ({ ...TAGS, queryCondition });

/** Deeper than any stack. */
const ABYSS = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
const nested = (levels: number): unknown => (levels === 0 ? 1 : { n: nested(levels - 1) });
const LONG = "x".repeat(4000);

test.for<readonly [string, unknown, string]>([
  ["no body", undefined, "body"],
  ["text that is no JSON", "{", "no JSON"],
  ["an array", [], "body"],
  ["no type", { ...TAGS, type: undefined }, "type"],
  ["a type that is none of jobs", { ...TAGS, type: "export" }, "type"],
  ["another job's id", { ...TAGS, jobId: "other" }, "jobId"],
  ["no twin to write", twin(undefined), "updateTwin"],
  ["a twin that is no object", twin("x"), "updateTwin"],
  ["a twin with nothing to write", twin({ etag: "*", desired: { a: 1 } }), "updateTwin"],
  ["tags that are no object", twin({ tags: [1] }), "updateTwin.tags"],
  ["an etag that is no text", twin({ etag: 7, tags: {} }), "updateTwin.etag"],
  ["a key that no twin may have", twin({ tags: { "a.b": 1 } }), "key"],
  ["properties that are too deep", twin({ properties: { desired: nested(11) } }), "levels"],
  ["tags that are too large", twin({ tags: { t: [LONG, LONG, LONG] } }), "larger"],
  ["no method to call", method(undefined), "cloudToDeviceMethod"],
  ["a method without a name", method({}), "cloudToDeviceMethod.methodName"],
  ["a method with a blank in its name", method({ methodName: "a b" }), "methodName"],
  [
    "a response time out of range",
    method({ methodName: "a", responseTimeoutInSeconds: 301 }),
    "cloudToDeviceMethod.responseTimeoutInSeconds",
  ],
  ["a payload over 128 KB", method({ methodName: "a", payload: "x".repeat(131_071) }), "payload"],
  ["no condition", condition(undefined), "queryCondition"],
  ["a condition that is no text", condition(7), "queryCondition"],
  ["a condition that cannot be read", condition("deviceId = "), "queryCondition"],
  ["a whole query as condition", condition("SELECT * FROM devices"), "queryCondition"],
  ["a condition that nests without end", condition("(".repeat(50_000)), "queryCondition"],
  ["a time that is none", { ...TAGS, startTime: "tomorrow" }, "startTime"],
  ["a number as time", { ...TAGS, startTime: 5 }, "startTime"],
  ["a maximum time of nothing", { ...TAGS, maxExecutionTimeInSeconds: 0 }, "maxExecutionTime"],
  ["a maximum time that is not whole", { ...TAGS, maxExecutionTimeInSeconds: 1.5 }, "maxExec"],
  [
    "tags that nest without end",
    `{"type":"scheduleUpdateTwin","queryCondition":"*","updateTwin":{"tags":${ABYSS}}}`,
    "nests too deep",
  ],
  [
    "a payload that nests without end",
    `{"type":"scheduleDeviceMethod","queryCondition":"*","cloudToDeviceMethod":{"methodName":"a","payload":${ABYSS}}}`,
    "nests too deep",
  ],
])("a job with %s is refused by 400 that names it", async ([, body, named]) => {
  const { status, body: refused } = await world.call("PUT", "/jobs/v2/bad", body);
  expect(refused.Message).toMatch(/^ErrorCode:ArgumentInvalid;/);
  expect(refused.Message).toContain(named);
  expect(status).toBe(400);
  expect(await world.call("GET", "/jobs/v2/bad")).toMatchObject({ status: 404 });
});

test("every problem of a job is told at once", async () => {
  const { body } = await world.call("PUT", "/jobs/v2/bad", {
    ...TAGS,
    queryCondition: "(",
    startTime: "never",
    maxExecutionTimeInSeconds: -1,
  });
  for (const member of ["queryCondition", "startTime", "maxExecutionTimeInSeconds"])
    expect(body.Message).toContain(member);
});

test.for(["a%20b", "a_b", "x".repeat(65), "%F0%9F%98%80", "..%2Fx"])(
  "a job cannot be called %s",
  async (id) => {
    expect(await world.call("PUT", `/jobs/v2/${id}`, TAGS)).toMatchObject({ status: 400 });
  },
);

test.for(["jobStatus=done", "jobType=twin", "jobStatus=running&jobStatus=failed"])(
  "a list of jobs with %s is refused by 400",
  async (filter) => {
    const path = `/jobs/v2/query?api-version=2021-04-12&${filter}`;
    expect(await world.call("GET", path)).toMatchObject({
      status: 400,
      body: { Message: expect.stringMatching(/^ErrorCode:ArgumentInvalid;/) },
    });
  },
);
