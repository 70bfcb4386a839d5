import { afterAll, beforeAll, expect, test } from "vitest";

import { Aggregate } from "../../src/metrics/aggregate.ts";
import type { FaultSpec } from "../../src/base/fault-spec.ts";
import { accountLines } from "../../src/output/account-text.ts";
import { checkBalance } from "../../src/run/balance.ts";
import { IngestionFollower } from "../../src/run/ingestion.ts";
import { Ledger } from "../../src/run/ledger.ts";
import { emulatorIngestionReader } from "../../src/service/emulator-ingestion.ts";
import type { TestCloud } from "../support/fleet.ts";
import { deviceSpec, QUICK_LIMITS, runShard, startTestCloud } from "../support/fleet.ts";
import { resultsOf } from "../support/results.ts";

/** Each with what is planted on its third message, but for one. */
const IDS = ["sound", "lost-puback", "duplicated", "late", "never-arrived"];

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  await cloud.issue(...IDS);
});
afterAll(() => cloud[Symbol.asyncDispose]());

const readerOf = ({ emulator, pki }: TestCloud) =>
  emulatorIngestionReader({
    eventsUrl: emulator.eventsUrl,
    adminUrl: emulator.adminUrl,
    adminToken: emulator.adminToken,
    route: { address: emulator.host, port: emulator.httpsPort, caPem: pki.root.certificatePem },
  });

test("lost PUBACKs, duplicates, missing and disordered messages are named with their devices", async () => {
  const times = { by: "age", atMs: [100], forMs: 50 } as const;
  const faults: Readonly<Record<string, readonly FaultSpec[]>> = {
    duplicated: [{ kind: "duplicate", parameters: { times: 2 }, times }],
    late: [{ kind: "late", parameters: { by: "400ms" }, times }],
  };
  const ledger = new Ledger(IDS);
  const follower = await IngestionFollower.open({
    reader: readerOf(cloud),
    // The emulator loses nothing that it acknowledged: it is lost on the way to the ledger.
    take: (message) => {
      if (message.deviceId !== "never-arrived" || message.seq !== 3) ledger.ingest(message);
    },
    pollMs: 50,
    onFailure: (error) => expect.unreachable(error.message),
  });
  follower.start();
  const specs = IDS.map((id, index) => deviceSpec(id, { index, faults: faults[id] ?? [] }));
  const shard = await runShard(cloud, specs, { limits: { ...QUICK_LIMITS, drainMs: 1_000 } });
  await shard.row("lost-puback", ({ acked }) => acked >= 2);
  cloud.emulator.faults.inject({
    kind: "pubackLost",
    scope: { devices: ["lost-puback"] },
    times: 1,
  });
  await shard.row("lost-puback", ({ sent, acked }) => sent >= acked + 1 && sent >= 8);
  // What is planted happens to the third message; the late one comes after several others.
  for (const id of IDS) await shard.row(id, ({ acked }) => acked >= 8);
  await shard.row("late", ({ ackedSeqs }) => (ackedSeqs[0]?.[1] ?? 0) > 8);
  await shard.stop();
  expect(await follower.finish()).toEqual({ lost: 0 });
  const aggregate = new Aggregate(specs);
  for (const snapshot of shard.snapshots) aggregate.add(snapshot);
  checkBalance(aggregate);
  const { summary } = resultsOf(aggregate, ledger.close(aggregate.told()));
  const named = Object.fromEntries(accountLines(summary).map(({ metric, text }) => [metric, text]));
  expect(named).toEqual({
    telemetry_missing: "1 message acknowledged but not ingested: never-arrived (boot 1, seq 3)",
    telemetry_duplicated: "1 message duplicated: duplicated (boot 1, seq 3)",
    telemetry_out_of_order: "1 message out of order: late (boot 1, seq 3)",
    telemetry_unacked: expect.stringMatching(
      /^1 message unacknowledged at the end, yet ingested, so that the PUBACK was lost or late: lost-puback \(boot 1, seq \d+\)$/,
    ),
  });
  expect(summary.ledger?.devices).toHaveLength(4);
});

test("a reading begins where the hubs are, and goes on from where it was", async () => {
  const reading = await readerOf(cloud).open();
  const keys: string[] = [];
  const read = () =>
    reading.read(({ deviceId, seq, enqueuedMs, createdMs }) => {
      keys.push(`${deviceId}/${seq}`);
      expect(createdMs).toBeLessThanOrEqual(enqueuedMs + 5);
    });
  await read();
  expect(keys).toEqual([]);
  const shard = await runShard(cloud, [deviceSpec("sound")], { boot: 2 });
  await shard.row("sound", ({ acked }) => acked >= 3);
  await read();
  await shard.row("sound", ({ acked }) => acked >= keys.length + 3);
  await shard.stop();
  const { acked } = await shard.row("sound", ({ state }) => state === "stopped");
  await read();
  expect(keys).toEqual(Array.from({ length: acked }, (_, index) => `sound/${index + 1}`));
  expect(reading.lost).toBe(0);
  await reading.close();
  await reading.close();
});

test("messages that fell out of the emulator's memory are lost, each once, and reading goes on", async () => {
  await using small = await startTestCloud({ eventsMaxCount: 5 });
  await small.issue("sound");
  const reading = await readerOf(small).open();
  const shard = await runShard(small, [deviceSpec("sound")]);
  await shard.row("sound", ({ acked }) => acked >= 12);
  await shard.stop();
  const { acked } = await shard.row("sound", ({ state }) => state === "stopped");
  const seqs: (number | null)[] = [];
  await reading.read(({ seq }) => void seqs.push(seq));
  await reading.read(({ seq }) => void seqs.push(seq));
  expect(seqs).toEqual([4, 3, 2, 1, 0].map((back) => acked - back));
  expect(reading.lost).toBe(acked - 5);
  await reading.close();
});
