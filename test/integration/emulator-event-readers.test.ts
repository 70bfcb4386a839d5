import { expect, test } from "vitest";
import { RESOURCE_GROUP, managementClients } from "../conformance/support/management.ts";
import {
  adminGet,
  connectedDevice,
  hubToken,
  linesOf,
  readAllEvents,
  sendEvent,
  textOf,
} from "./emulator-events.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

const HUB_2 = "second-hub.azure-devices.net";

test("a partition is read by its own numbers, and all of them together by the emulator's", async () => {
  await using world = await emulatorForTest({ eventPartitions: 2 });
  const ids = ["r-1", "r-2", "r-3", "r-4"];
  for (const id of ids) {
    await using device = await connectedDevice(world, id);
    for (const n of [1, 2]) await sendEvent(device, id, `${id} ${n}`);
  }
  const all = await readAllEvents(world);
  expect(all.map((event) => event["sequence"])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(all.map((event) => event["body"])).toEqual(ids.flatMap((id) => [`${id} 1`, `${id} 2`]));
  const parts = [];
  for (const partition of [0, 1]) {
    const events = await readAllEvents(world, `/events?partition=${partition}`);
    expect(events).toEqual(all.filter((event) => event["partition"] === partition));
    expect(events.map((event) => event["sequenceNumber"])).toEqual([...events.keys()]);
    const from = await readAllEvents(world, `/events?partition=${partition}&from=1`);
    expect(from).toEqual(events.slice(1));
    parts.push(...events);
  }
  expect(parts).toHaveLength(8);
  expect(await readAllEvents(world, "/events?from=7")).toEqual(all.slice(6));
  expect(await readAllEvents(world, "/events?device=r-2&device=r-4")).toEqual([
    ...all.slice(2, 4),
    ...all.slice(6),
  ]);
  expect(await readAllEvents(world, "/events?device=nobody")).toEqual([]);
  expect(await readAllEvents(world, `/events?from=${String(all[0]?.["enqueuedTime"])}`)).toEqual(
    all,
  );
});

test("a SAS token opens the events of the hub that it is for, and no others", async () => {
  await using world = await emulatorForTest({ hubs: [HUB, HUB_2] });
  await using one = await connectedDevice(world, "r-1", 0);
  await using two = await connectedDevice(world, "r-2", 1);
  await sendEvent(one, "r-1", "at the first hub");
  await sendEvent(two, "r-2", "at the second hub");
  const bodies = async (path: string, options = {}): Promise<unknown[]> =>
    (await readAllEvents(world, path, options)).map((event) => event["body"]);
  const second = { authorization: hubToken(world, 1), host: HUB_2 };
  expect(await bodies("/events", second)).toEqual(["at the second hub"]);
  expect(await bodies(`/events?hub=${HUB_2.toUpperCase()}`, second)).toEqual(["at the second hub"]);
  expect(await bodies("/events")).toEqual(["at the first hub", "at the second hub"]);
  expect(await bodies(`/events?hub=${HUB}`)).toEqual(["at the first hub"]);
  const status = async (path: string, options = {}): Promise<number | undefined> =>
    (await adminGet(world, path, options)).statusCode;
  expect(await status(`/events?hub=${HUB}`, second)).toBe(404);
  expect(await status("/events", { ...second, host: HUB })).toBe(401);
  expect(await status("/events", { ...second, host: "localhost" })).toBe(401);
  expect(await status("/events?select=ledger", second)).toBe(401);
  expect(await status("/events?partition=0")).toBe(400);
});

test("every problem of a query is told at once, and what is not there is 404", async () => {
  await using world = await emulatorForTest();
  const ask = async (path: string) => textOf(await adminGet(world, path));
  const many = await ask("/events?from=yesterday&follow=maybe&partition=-1&form=1&select=some");
  expect(many.status).toBe(400);
  for (const name of ["from", "follow", "partition", "form", "select"])
    expect(many.text).toContain(name);
  for (const query of [
    "partition=4",
    "partition=1&partition=2",
    "from=2026-02-30T00:00:00Z",
    "device=",
    "select=ledger&device=a",
    "select=ledger&consumerGroup=$Default",
  ])
    expect([query, (await ask(`/events?${query}`)).status]).toEqual([query, 400]);
  for (const query of ["hub=nobody", "endpoint=nowhere", "consumerGroup=nothing"])
    expect([query, (await ask(`/events?${query}`)).status]).toEqual([query, 404]);
});

test("a partition has only so many readers of a consumer group at a time", async () => {
  await using world = await emulatorForTest({ consumerGroupReadersMax: 2 });
  const gone = new AbortController();
  const follow = async (query: string, signal?: AbortSignal) =>
    adminGet(world, `/events?follow=true&${query}`, signal === undefined ? {} : { signal });
  await follow("partition=1");
  const second = await follow("", gone.signal);
  expect((await follow("partition=1")).statusCode).toBe(429);
  expect((await follow("partition=2")).statusCode).toBe(200);
  expect((await follow("select=ledger")).statusCode).toBe(200);
  gone.abort();
  await expect(linesOf(second).next()).rejects.toThrow("aborted");
  // The place is free when the emulator has seen the end, which may be a moment later.
  let status: number | undefined;
  do status = (await follow("partition=1")).statusCode;
  while (status === 429);
  expect(status).toBe(200);
});

test("a slow follower is told how much it lost, and costs no memory", async () => {
  await using world = await emulatorForTest({ eventsMaxBytes: 1024 * 1024 });
  await using device = await connectedDevice(world, "r-1");
  const answer = await adminGet(world, "/events?follow=true");
  const body = "x".repeat(250_000);
  const sent = 100;
  for (let n = 0; n < sent; n++) await sendEvent(device, "r-1", body, `n=${n}`);
  const { text } = await textOf(await adminGet(world, "/position"));
  expect(JSON.parse(text)).toEqual({ sequence: sent + 1 });
  let lost = 0;
  const read: unknown[] = [];
  const expected: number[] = [];
  for await (const line of linesOf(answer)) {
    if (typeof line["lost"] === "number") lost += line["lost"];
    else {
      read.push(line["sequence"]);
      expected.push(lost + read.length);
    }
    if (lost + read.length === sent) break;
  }
  expect(lost).toBeGreaterThan(0);
  expect(read).toEqual(expected);
});

test("a follower that does not read keeps no emulator from stopping", async () => {
  const world = await emulatorForTest();
  await using device = await connectedDevice(world, "r-1");
  const answer = await adminGet(world, "/events?follow=true");
  const body = "x".repeat(250_000);
  for (let n = 0; n < 120; n++) await sendEvent(device, "r-1", body);
  await world.emulator.stop();
  await expect(textOf(answer)).rejects.toThrow("aborted");
});

test("what is older than the retention is gone, and its numbers are not used again", async () => {
  let nowMs = Date.now();
  const hour = 3_600_000;
  await using world = await emulatorForTest({ clock: () => nowMs });
  await using device = await connectedDevice(world, "r-1");
  await sendEvent(device, "r-1", "old");
  nowMs += 23 * hour;
  await sendEvent(device, "r-1", "new");
  expect(await readAllEvents(world)).toMatchObject([{ body: "old" }, { body: "new" }]);
  nowMs += hour;
  const kept = await readAllEvents(world);
  expect(kept).toMatchObject([{ body: "new", sequenceNumber: 1, sequence: 2 }]);
  const partition = String(kept[0]?.["partition"]);
  expect(await readAllEvents(world, `/events?partition=${partition}&from=0`)).toEqual([
    { lost: 1 },
    ...kept,
  ]);
  expect(await readAllEvents(world, "/events?from=1")).toEqual([{ lost: 1 }, ...kept]);
});

test("a follower ends when its consumer group is deleted", async () => {
  await using world = await emulatorForTest();
  const [name = ""] = HUB.split(".");
  const { hubs } = managementClients({
    ...world.emulator,
    ca: world.pki.root.certificatePem,
  });
  const at = [RESOURCE_GROUP, name, "events", "mine"] as const;
  await hubs.iotHubResource.createEventHubConsumerGroup(...at, { properties: { name: "mine" } });
  const answer = await adminGet(world, "/events?follow=true&consumerGroup=mine");
  const ended = linesOf(answer).next();
  await hubs.iotHubResource.deleteEventHubConsumerGroup(...at);
  expect(await ended).toEqual({ done: true, value: undefined });
  expect(answer.complete).toBe(true);
});
