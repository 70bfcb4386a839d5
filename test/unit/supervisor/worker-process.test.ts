import { expect, test, vi } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { WorkerProcess } from "../../../src/supervisor/worker-process.ts";
import { obedientWorker, ScriptedWorker, shardOf } from "../../support/scripted-worker.ts";

const timeouts = { readyMs: 1_000, stopMs: 1_000, termMs: 1_000 };

function start(channel: ScriptedWorker): { process: WorkerProcess; losses: string[] } {
  const losses: string[] = [];
  const process = new WorkerProcess({
    shard: shardOf(0, [0]),
    channel,
    timeouts,
    onSnapshot: () => {},
    onLost: (detail) => losses.push(detail),
  });
  return { process, losses };
}

test("a worker is started, told time zero and stopped by messages alone", async () => {
  const channel = obedientWorker();
  const { process, losses } = start(channel);
  await process.ready();
  process.begin(42);
  await process.stop();
  expect(channel.commands.map(({ type }) => type)).toEqual(["start", "begin", "stop"]);
  expect(channel.kills).toEqual([]);
  expect(process.state).toBe("stopped");
  expect(losses).toEqual([]);
});

test("stopping twice asks once", async () => {
  const channel = obedientWorker();
  const { process } = start(channel);
  await process.ready();
  await Promise.all([process.stop(), process.stop()]);
  expect(channel.commands.filter(({ type }) => type === "stop")).toHaveLength(1);
});

test("a worker that says why it cannot start rejects with that error", async () => {
  const channel = new ScriptedWorker();
  const { process } = start(channel);
  channel.tell({
    type: "failed",
    code: "CERTIFICATE_INVALID",
    message: "the leaf has expired",
    hint: "renew it",
    problems: [{ place: "a.pem", message: "expired" }],
  });
  await expect(process.ready()).rejects.toMatchObject({
    code: "CERTIFICATE_INVALID",
    hint: "renew it",
    problems: [{ place: "a.pem", message: "expired" }],
  });
});

test("a worker that dies while starting rejects at once", async () => {
  const channel = new ScriptedWorker();
  const { process, losses } = start(channel);
  channel.leave({ code: null, signal: "SIGSEGV" });
  await expect(process.ready()).rejects.toThrow("signal SIGSEGV");
  expect(losses).toEqual([]);
});

test("an exit that nobody asked for is told once, with how it ended", async () => {
  const channel = obedientWorker();
  const { process, losses } = start(channel);
  await process.ready();
  channel.leave({ code: null, signal: "SIGKILL" });
  await process.stop();
  expect(losses).toEqual(["signal SIGKILL"]);
  expect(process.state).toBe("lost");
});

test("a message that no worker sends is left out", async () => {
  const channel = obedientWorker();
  const { process } = start(channel);
  await process.ready();
  channel.tell("garbage");
  expect(process.state).toBe("ready");
});

test("a worker that ignores the message gets SIGTERM, then SIGKILL", async () => {
  vi.useFakeTimers();
  try {
    const channel = new ScriptedWorker();
    channel.onCommand = ({ type }) => {
      if (type === "start") channel.tell({ type: "ready" });
    };
    channel.onKill = (signal) => {
      if (signal === "SIGKILL") channel.leave({ code: null, signal });
    };
    const { process, losses } = start(channel);
    channel.tell({ type: "ready" });
    await process.ready();
    const stopped = process.stop();
    await vi.runAllTimersAsync();
    await stopped;
    expect(channel.kills).toEqual(["SIGTERM", "SIGKILL"]);
    expect(losses).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test("a worker that is never ready is killed and told", async () => {
  vi.useFakeTimers();
  try {
    const channel = new ScriptedWorker();
    const { process } = start(channel);
    const ready = process.ready().catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await ready).toBeInstanceOf(FleetError);
    expect(channel.kills).toEqual(["SIGKILL"]);
  } finally {
    vi.useRealTimers();
  }
});
