import { expect, test } from "vitest";
import { adminGet, linesOf } from "./emulator-events.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { TestEmulator, WireClient } from "./emulator-wire.ts";
import { emulatorForTest, openHub, publishPacket, register } from "./emulator-wire.ts";

async function streamingDevice(world: TestEmulator): Promise<WireClient> {
  await enrollGroup(world);
  const keys = await world.pki.leaf("s-1");
  await register(world, "s-1", keys);
  return openHub(world, "s-1", keys);
}

/** Sends messages `from` to `to` and waits for their PUBACKs. */
async function sendMessages(device: WireClient, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq++) {
    const topic = `devices/s-1/messages/events/seq=${seq}&boot=1`;
    device.send(publishPacket(topic, `{"n":${seq}}`, { messageId: seq }));
  }
  for (let seq = from; seq <= to; seq++)
    expect(await device.next()).toMatchObject({ cmd: "puback", messageId: seq });
}

async function ledger(world: TestEmulator, query: string): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const answer = await adminGet(world, `/events?select=ledger&${query}`);
  expect(answer.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
  for await (const line of linesOf(answer)) lines.push(line);
  return lines;
}

test("the ledger shows every acknowledged message once, in order, from any position", async () => {
  await using world = await emulatorForTest();
  await using device = await streamingDevice(world);
  await sendMessages(device, 1, 300);
  const chunks: string[] = [];
  for await (const chunk of await adminGet(world, "/position")) chunks.push(String(chunk));
  expect(JSON.parse(chunks.join(""))).toEqual({ sequence: 301 });
  await sendMessages(device, 301, 305);
  expect((await ledger(world, "from=earliest")).map((line) => line["seq"])).toEqual(
    Array.from({ length: 305 }, (_, index) => index + 1),
  );
  expect(await ledger(world, "from=301")).toMatchObject(
    [301, 302, 303, 304, 305].map((seq) => ({ sequence: seq, deviceId: "s-1", boot: 1, seq })),
  );
  expect(await ledger(world, "from=latest")).toEqual([]);
  expect(await ledger(world, "from=2999-01-01T00:00:00Z")).toEqual([]);
});

test("a duplicate that a device sends again shows twice", async () => {
  await using world = await emulatorForTest();
  await using device = await streamingDevice(world);
  await sendMessages(device, 1, 2);
  await sendMessages(device, 1, 1);
  expect((await ledger(world, "from=1")).map((line) => line["seq"])).toEqual([1, 2, 1]);
});

test("a follower sees later messages, and its end frees the emulator", async () => {
  await using world = await emulatorForTest();
  await using device = await streamingDevice(world);
  const gone = new AbortController();
  const answer = await adminGet(world, "/events?from=latest&follow=true", { signal: gone.signal });
  const lines = linesOf(answer);
  const sending = sendMessages(device, 1, 1);
  expect((await lines.next()).value).toMatchObject({ sequence: 1, body: '{"n":1}' });
  await sending;
  gone.abort();
  await expect(lines.next()).rejects.toThrow("aborted");
});

test("a reader that asks for what was dropped is told how much is lost", async () => {
  await using world = await emulatorForTest({ eventsMaxCount: 10 });
  await using device = await streamingDevice(world);
  await sendMessages(device, 1, 25);
  const lines = await ledger(world, "from=1");
  expect(lines[0]).toEqual({ lost: 15 });
  expect(lines.slice(1).map((line) => line["seq"])).toEqual([
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
  ]);
});

test("without the token the events stay closed, and health is open", async () => {
  await using world = await emulatorForTest();
  for (const path of ["/events", "/position"])
    expect((await adminGet(world, path, { authorization: "Bearer wrong" })).statusCode).toBe(401);
  expect((await adminGet(world, "/health", { authorization: "" })).statusCode).toBe(200);
});

test("stopping twice is safe, ends followers in good order and closes devices", async () => {
  const world = await emulatorForTest();
  await using device = await streamingDevice(world);
  await sendMessages(device, 1, 1);
  const answer = await adminGet(world, "/events?follow=true");
  const lines = linesOf(answer);
  expect((await lines.next()).value).toMatchObject({ sequence: 1 });
  const ended = lines.next();
  await Promise.all([world.emulator.stop(), world.emulator.stop()]);
  await device.closed;
  expect(await ended).toEqual({ done: true, value: undefined });
  expect(answer.complete).toBe(true);
});
