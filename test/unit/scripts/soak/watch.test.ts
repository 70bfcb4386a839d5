import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Held } from "../../../../scripts/soak/held.ts";
import type { Probe } from "../../../../scripts/soak/probes.ts";
import { RunRecord } from "../../../../scripts/soak/run-record.ts";
import { Watch } from "../../../../scripts/soak/watch.ts";

const HELD: Held = { heapBytes: 2_097_152, externalBytes: 1_048_576, rssBytes: 1e8 };
/** Far ahead of the run's clock, so that nobody waits for a newer one. */
const LATER_MS = 3_600_000;

const whole = (opened: number, streaming = 5): object => ({
  type: "snapshot",
  t: LATER_MS,
  states: { streaming },
  counters: { connection_opened: opened, connection_reconnected: opened - 5 },
});

/** The record of a run of five devices on two workers, and what is told of looks into it. */
async function soaked() {
  const dir = await mkdtemp(join(tmpdir(), "soak-watch-"));
  const file = join(dir, "run.ndjson");
  const write = (...events: readonly object[]): Promise<void> =>
    appendFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  await write(
    { type: "begin", at: new Date().toISOString() },
    { type: "worker", worker: 0, state: "started", detail: "pid 100" },
    { type: "worker", worker: 1, state: "started", detail: "pid 101" },
    whole(9),
  );
  const probes = new Set<Probe>();
  const told: string[] = [];
  const over = new AbortController();
  const watch = new Watch({
    options: { devices: 5, heapSnapshots: undefined, leakBytes: undefined },
    record: new RunRecord(file),
    probes,
    tell: (text) => told.push(text),
    over: over.signal,
  });
  const asked: number[] = [];
  const add = (pid: number, role: Probe["role"], look: Probe["look"] = async () => HELD): Probe => {
    const probe: Probe = {
      pid,
      role,
      look: (question) => {
        asked.push(pid);
        return look(question);
      },
    };
    probes.add(probe);
    return probe;
  };
  return {
    watch,
    probes,
    told,
    over,
    asked,
    add,
    write,
    whole,
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
}

test("each process is known by its work, and has its part of the fleet", async () => {
  await using soak = await soaked();
  for (const pid of [101, 100]) soak.add(pid, "worker");
  soak.add(99, "supervisor");
  await soak.watch.look({ isWarmUp: true });
  expect(soak.watch.looks).toBe(0);
  await soak.watch.look({});
  expect(soak.told).toEqual([
    "supervisor 3.00, worker 0 3.00, worker 1 3.00 MiB, warming up",
    "supervisor 3.00, worker 0 3.00, worker 1 3.00 MiB",
  ]);
  const seen = [{ held: HELD, reconnects: 4 }];
  expect(soak.watch.series).toMatchObject([
    { name: "supervisor", devices: 5, share: 1, seen },
    { name: "worker 0", devices: 3, share: 0.6, seen },
    { name: "worker 1", devices: 2, share: 0.4, seen },
  ]);
});

test("a look during which a connection came is made again", async () => {
  await using soak = await soaked();
  let opened = 9;
  soak.add(99, "supervisor", async () => {
    if (opened < 11) await soak.write(soak.whole(++opened));
    return HELD;
  });
  await soak.watch.look({});
  expect(soak.asked).toHaveLength(3);
  expect(soak.watch.series).toMatchObject([{ seen: [{ reconnects: 6 }] }]);
  expect(soak.watch.missedMs).toEqual([]);
});

test("a fleet that never rests is not looked at, which is told", async () => {
  await using soak = await soaked();
  let opened = 9;
  soak.add(99, "supervisor", async () => {
    await soak.write(soak.whole(++opened));
    return HELD;
  });
  await soak.watch.look({});
  expect(soak.watch.looks).toBe(0);
  expect(soak.watch.missedMs).toHaveLength(1);
  expect(soak.told).toEqual(["not looked: 5 of 5 stream"]);
});

test("where a process leaves, only the others are compared", async () => {
  await using soak = await soaked();
  const gone = soak.add(100, "worker", async () => {
    soak.probes.delete(gone);
    return undefined;
  });
  soak.add(99, "supervisor");
  await soak.watch.look({});
  expect(soak.watch.series.map(({ name }) => name)).toEqual(["supervisor"]);
});

test("nothing is counted while an action of the timeline is under way", async () => {
  await using soak = await soaked();
  let isActing = true;
  soak.add(99, "supervisor", async () => {
    expect(isActing).toBe(false);
    return HELD;
  });
  const action = { type: "action", action: 1, round: 2 };
  await soak.write({ ...action, state: "begun" });
  const looked = soak.watch.look({ counts: true });
  isActing = false;
  await soak.write({ ...action, state: "ended" });
  await looked;
  expect(soak.watch.looks).toBe(1);
});

test("when the run has ended nobody waits for its fleet", async () => {
  await using soak = await soaked();
  soak.add(99, "supervisor");
  await soak.write(soak.whole(9, 4));
  soak.over.abort();
  await soak.watch.look({});
  expect(soak.asked).toEqual([]);
  expect(soak.watch.missedMs).toEqual([]);
});
