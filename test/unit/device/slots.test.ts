import { expect, test } from "vitest";
import { createSlots } from "../../../src/device/slots.ts";
import { TlsSessions } from "../../../src/device/tls-sessions.ts";

async function mostAtOnce(concurrency: number | undefined, works: number): Promise<number> {
  const slots = createSlots(concurrency);
  let now = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
  };
  await Promise.all(Array.from({ length: works }, () => slots(work)));
  return most;
}

test("never more than `concurrency` works hold a slot", async () => {
  expect(await mostAtOnce(3, 20)).toBe(3);
});

test("without a bound all run at once", async () => {
  expect(await mostAtOnce(undefined, 20)).toBe(20);
});

test("a TLS session is offered to its own name only, until the server's certificate ends", () => {
  let nowMs = 1000;
  const sessions = new TlsSessions(() => nowMs);
  const session = Buffer.from("session");
  sessions.keep("a.test 127.0.0.1:1", session, 5000);
  expect(sessions.offer("b.test 127.0.0.1:1")).toBeUndefined();
  expect(sessions.offer("a.test 127.0.0.1:1")).toBe(session);
  nowMs = 5000;
  expect(sessions.offer("a.test 127.0.0.1:1")).toBeUndefined();
});

test("a dropped TLS session is not offered again", () => {
  const sessions = new TlsSessions(() => 0);
  sessions.keep("a", Buffer.from("s"), 1);
  sessions.drop("a");
  expect(sessions.offer("a")).toBeUndefined();
});
