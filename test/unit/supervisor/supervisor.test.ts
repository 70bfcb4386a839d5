import { expect, test } from "vitest";

import type { WorkerNotice } from "../../../src/supervisor/supervisor.ts";
import { Supervisor } from "../../../src/supervisor/supervisor.ts";
import type { ShardStart } from "../../../src/worker/protocol.ts";
import type { ScriptedWorker } from "../../support/scripted-worker.ts";
import { obedientWorker, shardOf } from "../../support/scripted-worker.ts";

/** A fleet whose workers are kept to be killed; `until` waits for a notice. */
function fleet(options: {
  shards: readonly ShardStart[];
  fork?: (shard: ShardStart) => ScriptedWorker;
  now?: () => number;
}) {
  const workers: ScriptedWorker[] = [];
  const started: ShardStart[] = [];
  const notices: WorkerNotice[] = [];
  const waiting: { wanted: (notice: WorkerNotice) => boolean; resolve: () => void }[] = [];
  const supervisor = new Supervisor({
    shards: options.shards,
    fork: (shard) => {
      const worker = (options.fork ?? obedientWorker)(shard);
      workers.push(worker);
      started.push(shard);
      return worker;
    },
    now: options.now ?? (() => 0),
    random: () => 0,
    onSnapshot: () => {},
    onWorker: (notice) => {
      notices.push(notice);
      for (const { wanted, resolve } of waiting) if (wanted(notice)) resolve();
    },
    restarts: { max: 2, windowMs: 60_000, firstDelayMs: 1, maxDelayMs: 1 },
  });
  const until = (wanted: (notice: WorkerNotice) => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (notices.some(wanted)) resolve();
      else waiting.push({ wanted, resolve });
    });
  return { supervisor, workers, started, notices, until };
}

const counts = ({ lost, restarted, lostForGood }: Supervisor) => ({ lost, restarted, lostForGood });

const start = (registrationId: string, dueMs: number) => ({ registrationId, dueMs });

test("all workers get one time zero, and only when every one is ready", async () => {
  const { supervisor, workers } = fleet({ shards: [shardOf(0, [0]), shardOf(1, [100])] });
  await supervisor.start();
  supervisor.begin(1_000);
  expect(workers.map(({ commands }) => commands.at(-1))).toEqual([
    { type: "begin", timeZeroMs: 1_000 },
    { type: "begin", timeZeroMs: 1_000 },
  ]);
  await supervisor.stop();
});

test("changed files are told to the workers of their devices, once they run", async () => {
  const { supervisor, workers } = fleet({ shards: [shardOf(0, [0, 0]), shardOf(1, [0])] });
  await supervisor.start();
  // Nobody has read an identity yet.
  supervisor.identitiesChanged(["device0-0"]);
  supervisor.begin(1_000);
  supervisor.identitiesChanged(["device0-1", "device-of-nobody"]);
  expect(workers.map(({ commands }) => commands.slice(1))).toEqual([
    [
      { type: "begin", timeZeroMs: 1_000 },
      { type: "identitiesChanged", registrationIds: ["device0-1"] },
    ],
    [{ type: "begin", timeZeroMs: 1_000 }],
  ]);
  await supervisor.stop();
});

test("devices without a time are started at their workers, and again at the next when one is lost", async () => {
  const { supervisor, workers, started, until } = fleet({
    shards: [shardOf(0, [null, null]), shardOf(1, [null])],
    now: () => 5_000,
  });
  await supervisor.start();
  supervisor.begin(1_000);
  const first = [start("device0-0", 10), start("device1-0", 20), start("device-of-nobody", 30)];
  supervisor.tell({ type: "startDevices", starts: first });
  expect(workers.map(({ commands }) => commands.at(-1))).toEqual([
    { type: "startDevices", starts: [start("device0-0", 10)] },
    { type: "startDevices", starts: [start("device1-0", 20)] },
  ]);
  workers[0]?.leave({ code: null, signal: "SIGKILL" });
  // Nobody hosts it now: the next worker has it in its plan.
  supervisor.tell({ type: "startDevices", starts: [start("device0-1", 3_000)] });
  await until(({ state, boot }) => state === "ready" && boot === 2);
  expect(started[2]?.devices.map(({ startMs }) => startMs)).toEqual([4_000, 6_990]);
  expect(supervisor.hosts("device0-0")).toBe(true);
  expect(supervisor.hosts("device-of-nobody")).toBe(false);
  await supervisor.stop();
});

test("a worker that replaces a lost one leaves off what was stopped", async () => {
  const { supervisor, workers, started, until } = fleet({ shards: [shardOf(0, [0, 0])] });
  await supervisor.start();
  supervisor.begin(0);
  const stop = {
    type: "stopDevices",
    registrationIds: ["device0-0", "device-of-nobody"],
    how: "powerCut",
  } as const;
  supervisor.tell(stop);
  const own = { ...stop, registrationIds: ["device0-0"] };
  expect(workers[0]?.commands.at(-1)).toEqual(own);
  workers[0]?.leave({ code: null, signal: "SIGKILL" });
  await until(({ state, boot }) => state === "ready" && boot === 2);
  expect(started[1]?.devices.map(({ startMs }) => startMs)).toEqual([null, 0]);
  expect(workers[1]?.commands.slice(1)).toEqual([{ type: "begin", timeZeroMs: 0 }, own]);
  await supervisor.stop();
});

test("what is due while a worker starts again is told when it has begun", async () => {
  let forks = 0;
  const { supervisor, workers, until } = fleet({
    shards: [shardOf(0, [null])],
    fork: () => {
      forks += 1;
      const worker = obedientWorker();
      const { onCommand } = worker;
      worker.onCommand = (command) => {
        // The next device is due before this worker has said that it is ready.
        if (forks === 2 && command.type === "start") {
          queueMicrotask(() =>
            supervisor.tell({
              type: "startDevices",
              starts: [{ registrationId: "device0-0", dueMs: 7 }],
            }),
          );
        }
        onCommand(command);
      };
      return worker;
    },
  });
  await supervisor.start();
  supervisor.begin(0);
  workers[0]?.leave({ code: 1, signal: null });
  await until(({ state, boot }) => state === "ready" && boot === 2);
  expect(workers[1]?.commands.slice(1)).toEqual([
    { type: "begin", timeZeroMs: 0 },
    { type: "startDevices", starts: [{ registrationId: "device0-0", dueMs: 7 }] },
  ]);
  await supervisor.stop();
});

test("devices whose start was taken back wait for another, at the next worker too", async () => {
  const { supervisor, workers, started, until } = fleet({
    shards: [shardOf(0, [0, 9_000]), shardOf(1, [9_000])],
    now: () => 5_000,
  });
  await supervisor.start();
  supervisor.begin(1_000);
  supervisor.tell({ type: "holdStarts", registrationIds: ["device0-1", "device-of-nobody"] });
  expect(workers.map(({ commands }) => commands.at(-1))).toEqual([
    { type: "holdStarts", registrationIds: ["device0-1"] },
    { type: "begin", timeZeroMs: 1_000 },
  ]);
  workers[0]?.leave({ code: null, signal: "SIGKILL" });
  await until(({ state, boot }) => state === "ready" && boot === 2);
  expect(started[2]?.devices.map(({ startMs }) => startMs)).toEqual([4_000, null]);
  // Told another moment, it has that one at the worker after the next.
  const starts = [{ registrationId: "device0-1", dueMs: 20_000 }];
  supervisor.tell({ type: "startDevices", starts });
  workers[2]?.leave({ code: null, signal: "SIGKILL" });
  await until(({ state, boot }) => state === "ready" && boot === 3);
  expect(started[3]?.devices.map(({ startMs }) => startMs)).toEqual([4_000, 20_000]);
  await supervisor.stop();
});

test("a lost worker's shard comes back with the next boot and the same time zero", async () => {
  const { supervisor, workers, started, until } = fleet({
    shards: [shardOf(0, [0, 100]), shardOf(1, [50])],
    now: () => 5_000,
  });
  await supervisor.start();
  supervisor.begin(1_000);
  workers[0]?.leave({ code: null, signal: "SIGKILL" });
  await until(({ state, boot }) => state === "ready" && boot === 2);
  expect(counts(supervisor)).toEqual({ lost: 1, restarted: 1, lostForGood: 0 });
  expect(started[2]?.boot).toBe(2);
  expect(started[2]?.devices.map(({ startMs }) => startMs)).toEqual([4_000, 4_100]);
  expect(workers[2]?.commands.at(-1)).toEqual({ type: "begin", timeZeroMs: 1_000 });
  await supervisor.stop();
});

test("a shard whose workers keep dying is given up within its budget", async () => {
  const { supervisor, workers, until } = fleet({ shards: [shardOf(0, [0])] });
  await supervisor.start();
  supervisor.begin(0);
  for (const boot of [1, 2, 3]) {
    await until((notice) => notice.state === "ready" && notice.boot === boot);
    workers.at(-1)?.leave({ code: 1, signal: null });
  }
  await until(({ detail }) => detail?.startsWith("given up") === true);
  expect(counts(supervisor)).toEqual({ lost: 3, restarted: 2, lostForGood: 1 });
  expect(supervisor.hosts("device0-0")).toBe(false);
  await supervisor.stop();
});

test("a worker that dies while it starts is restarted before the fleet begins", async () => {
  let forks = 0;
  const { supervisor, notices } = fleet({
    shards: [shardOf(0, [0]), shardOf(1, [0])],
    fork: (shard) => {
      const worker = obedientWorker();
      forks += 1;
      if (shard.worker === 1 && shard.boot === 1) {
        worker.onCommand = () =>
          queueMicrotask(() => worker.leave({ code: null, signal: "SIGKILL" }));
      }
      return worker;
    },
  });
  await supervisor.start();
  expect(forks).toBe(3);
  expect(counts(supervisor)).toEqual({ lost: 1, restarted: 1, lostForGood: 0 });
  expect(notices.filter(({ worker }) => worker === 1).map(({ state }) => state)).toEqual([
    "started",
    "lost",
    "restarting",
    "started",
    "ready",
  ]);
  await supervisor.stop();
});

test("a worker that keeps dying while it starts is given up, and all are stopped", async () => {
  const { supervisor, workers } = fleet({
    shards: [shardOf(0, [0]), shardOf(1, [0])],
    fork: (shard) => {
      const worker = obedientWorker();
      if (shard.worker === 1) {
        worker.onCommand = () => queueMicrotask(() => worker.leave({ code: 1, signal: null }));
      }
      return worker;
    },
  });
  await expect(supervisor.start()).rejects.toMatchObject({ code: "WORKER_LOST" });
  expect(counts(supervisor)).toEqual({ lost: 3, restarted: 0, lostForGood: 1 });
  expect(workers[0]?.commands.at(-1)).toEqual({ type: "stop" });
});

test("when one worker cannot start, all are stopped and its error is told", async () => {
  const { supervisor, workers } = fleet({
    shards: [shardOf(0, [0]), shardOf(1, [0])],
    fork: (shard) => {
      const worker = obedientWorker();
      if (shard.worker === 1) {
        worker.onCommand = () =>
          queueMicrotask(() => {
            const type = "failed";
            worker.tell({ type, code: "FILE_INVALID", message: "no model", problems: [] });
            worker.leave({ code: 1, signal: null });
          });
      }
      return worker;
    },
  });
  await expect(supervisor.start()).rejects.toMatchObject({ code: "FILE_INVALID" });
  expect(workers[0]?.commands.at(-1)).toEqual({ type: "stop" });
});

test("a worker that dies during the stop is not restarted", async () => {
  const { supervisor, workers } = fleet({ shards: [shardOf(0, [0])] });
  await supervisor.start();
  supervisor.begin(0);
  const stopping = supervisor.stop();
  workers[0]?.leave({ code: null, signal: "SIGKILL" });
  await stopping;
  await supervisor.stop();
  expect(workers).toHaveLength(1);
  expect(supervisor.lost).toBe(0);
});

test("a forced end kills every worker without asking", async () => {
  const { supervisor, workers } = fleet({ shards: [shardOf(0, [0]), shardOf(1, [0])] });
  await supervisor.start();
  supervisor.kill();
  await supervisor.stop();
  expect(workers.map(({ kills }) => kills)).toEqual([["SIGKILL"], ["SIGKILL"]]);
  expect(supervisor.lost).toBe(0);
});
