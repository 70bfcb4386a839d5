import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { DeviceRow } from "../../src/metrics/device-row.ts";
import { Ledger } from "../../src/run/ledger.ts";
import type { TestCloud, TestShard } from "../support/fleet.ts";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";
import { toldIn } from "../support/results.ts";
import { readAllEvents } from "./emulator-events.ts";

/** A device for each kind of fault; each has it at its 3rd and 4th message, 100 ms and 150 ms after its first. */
const FAULTS: Readonly<Record<string, JsonObject>> = {
  sound: {},
  notANumber: { field: "humidity" },
  wrongType: {},
  oversizedBody: {},
  tooLargeForTheSdk: { size: "257KiB" },
  clockSkew: { by: "-2h" },
  duplicate: { times: 3 },
  late: { by: "900ms" },
  lateAndSkewed: { by: "900ms" },
  heldBack: { by: "1h" },
  dropout: {},
  sendFailure: {},
  disconnect: {},
  fanFailure: {},
};
const KINDS: Readonly<Record<string, string>> = {
  tooLargeForTheSdk: "oversizedBody",
  lateAndSkewed: "late",
  heldBack: "late",
};
/** A second fault beside it. */
const SKEWED = "lateAndSkewed";
const IDS = Object.keys(FAULTS);

/** What the hub has of a device. */
interface Ingested {
  readonly deviceId: string;
  readonly seq: number;
  readonly boot: number;
  readonly body: string;
  readonly enqueuedTime: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly systemProperties: Readonly<Record<string, string>>;
}

let cloud: TestCloud;
let events: readonly DeviceEvent[];
let ingested: readonly Ingested[];
const rows = new Map<string, DeviceRow>();
let counted: TestShard["counter"];

beforeAll(async () => {
  cloud = await startTestCloud();
  await cloud.issue(...IDS);
  const specs = IDS.map((id, index) => {
    const kind = KINDS[id] ?? id;
    const times = { by: "age", atMs: [100], forMs: 100 } as const;
    const fault = { kind, parameters: FAULTS[id] ?? {}, times };
    const skew = { kind: "clockSkew", parameters: { by: "-2h" }, times };
    const faults = id === SKEWED ? [fault, skew] : [fault];
    return deviceSpec(id, { index, ...(id === "sound" ? {} : { faults }) });
  });
  const shard = await runShard(cloud, specs);
  // What lost its connection has come back by then, and what was late was sent.
  for (const id of IDS) {
    await shard.row(id, ({ sent, state }) => sent >= 8 && state === "streaming");
  }
  await shard.row("late", ({ ackedSeqs }) => (ackedSeqs[0]?.[1] ?? 0) > 4);
  await shard.row(SKEWED, ({ ackedSeqs }) => (ackedSeqs[0]?.[1] ?? 0) > 4);
  await shard.row("late", ({ acked }) => acked >= 24);
  await shard.stop();
  for (const { devices } of shard.snapshots) {
    for (const row of devices) rows.set(row.registrationId, row);
  }
  ({ events, counter: counted } = shard);
  const all: { properties: Record<string, string> }[] = await readAllEvents(cloud).then(Object);
  ingested = all.map((event) => {
    const { seq, boot } = event.properties;
    return Object.assign(Object(event), { seq: Number(seq), boot: Number(boot) });
  });
});
afterAll(() => cloud[Symbol.asyncDispose]());

const of = (id: string): readonly Ingested[] => ingested.filter(({ deviceId }) => deviceId === id);
const seqsOf = (id: string): readonly number[] => of(id).map(({ seq }) => seq);
const bodyOf = (id: string, seq: number): string =>
  of(id).find((event) => event.seq === seq)?.body ?? "";
const rowOf = (id: string): DeviceRow => {
  const row = rows.get(id);
  if (row === undefined) throw new Error(`no row of ${id}`);
  return row;
};
/** Acknowledged and failed, by what the row says. */
const accountOf = (id: string): object => {
  const { sent, acked, failed: fails } = rowOf(id);
  return { open: sent - acked - fails, failed: fails };
};

/** The ledger of a device, as a run has it. */
function ledgerOf(id: string): object {
  const ledger = new Ledger([id]);
  for (const event of of(id)) ledger.ingest(event);
  return ledger.close(toldIn([rowOf(id)]));
}

test("every fault begins and ends once, as events and as a counter", () => {
  const told = events.filter((event) => event.type === "fault");
  for (const id of IDS.slice(1)) {
    const kind = KINDS[id] ?? id;
    const ofDevice = told.filter((event) => event.deviceId === id && event.kind === kind);
    expect(ofDevice).toMatchObject([
      { kind, state: "begun", parameters: FAULTS[id] },
      { kind, state: "ended" },
    ]);
  }
  expect(told).toHaveLength(2 * IDS.length);
  expect(counted("faults_begun{kind:late}")).toBe(3);
});

test("sent is acknowledged and failed together, and nothing that was acknowledged is missing", () => {
  for (const id of IDS) {
    expect(accountOf(id)).toMatchObject({ open: 0 });
    expect(ledgerOf(id)).toMatchObject({ missing: 0 });
  }
  expect(rowOf("sound")).toMatchObject({ failed: 0, reconnects: 0 });
});

test("notANumber: the hub has the body as careless firmware writes it, and only then", () => {
  expect(bodyOf("notANumber", 3)).toMatch(/^\{"temperature":[\d.]+,"humidity":NaN\}$/);
  expect(bodyOf("notANumber", 4)).toContain("NaN");
  expect(bodyOf("notANumber", 2)).not.toContain("NaN");
  expect(bodyOf("notANumber", 5)).not.toContain("NaN");
});

test("wrongType: the hub has the number as a text", () => {
  expect(bodyOf("wrongType", 3)).toMatch(/^\{"temperature":"[\d.]+","humidity":[\d.]+\}$/);
});

test("oversizedBody: the hub closes the connection, and the device comes back", () => {
  const { reconnects, errorClass } = rowOf("oversizedBody");
  expect(reconnects).toBeGreaterThanOrEqual(1);
  expect(errorClass).toBeNull();
  expect(seqsOf("oversizedBody")).not.toContain(3);
  expect(counted("telemetry_failed{class:network}")).toBeGreaterThanOrEqual(1);
});

test("oversizedBody: the SDK refuses a larger one itself, and the connection stays", () => {
  expect(accountOf("tooLargeForTheSdk")).toEqual({ open: 0, failed: 2 });
  expect(rowOf("tooLargeForTheSdk").reconnects).toBe(0);
  expect(counted("telemetry_failed{class:protocol}")).toBe(2);
});

test("clockSkew: messages say that they were made two hours ago, others that it was just now", () => {
  const skews = of("clockSkew").map(({ systemProperties, enqueuedTime }) =>
    Math.round(
      (Date.parse(systemProperties["creation-time"] ?? "") - Date.parse(enqueuedTime)) / 3.6e6,
    ),
  );
  // Minus zero is rounded from just before.
  expect(skews.slice(0, 6).map((skew) => skew || 0)).toEqual([0, 0, -2, -2, 0, 0]);
});

test("clockSkew: a message that is late was made when it was due", () => {
  const spoilt = of(SKEWED).filter(({ seq }) => seq === 3 || seq === 4);
  expect(spoilt).toHaveLength(2);
  for (const { systemProperties, enqueuedTime } of spoilt) {
    const madeMs = Date.parse(systemProperties["creation-time"] ?? "") + 2 * 3.6e6;
    // Both are rounded to a millisecond.
    expect(Date.parse(enqueuedTime) - madeMs).toBeGreaterThanOrEqual(898);
  }
});

test("duplicate: the hub has the message three times, and the ledger says so", () => {
  expect(seqsOf("duplicate").slice(0, 9)).toEqual([1, 2, 3, 3, 3, 4, 4, 4, 5]);
  expect(ledgerOf("duplicate")).toMatchObject({ duplicated: 4, missing: 0 });
  expect(accountOf("duplicate")).toEqual({ open: 0, failed: 0 });
});

test("late: messages are overtaken, and keep their numbers", () => {
  const seqs = seqsOf("late");
  expect(seqs.slice(0, 3)).toEqual([1, 2, 5]);
  expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs.map((_, index) => index + 1));
  expect(ledgerOf("late")).toMatchObject({ outOfOrder: 2, missing: 0 });
});

test("late: what is still held back when the device stops is failed", () => {
  expect(accountOf("heldBack")).toEqual({ open: 0, failed: 2 });
  expect(seqsOf("heldBack").slice(0, 4)).toEqual([1, 2, 5, 6]);
});

test("dropout: messages are left out and take no number", () => {
  const [before, after] = [bodyOf("dropout", 2), bodyOf("dropout", 3)];
  expect(seqsOf("dropout").slice(0, 4)).toEqual([1, 2, 3, 4]);
  expect(accountOf("dropout")).toEqual({ open: 0, failed: 0 });
  expect([before, after]).not.toContain("");
});

test("sendFailure: messages take a number and never reach the hub", () => {
  expect(seqsOf("sendFailure").slice(0, 4)).toEqual([1, 2, 5, 6]);
  expect(accountOf("sendFailure")).toEqual({ open: 0, failed: 2 });
});

test("disconnect: the connection is cut and, after the fault, made again", () => {
  expect(rowOf("disconnect").reconnects).toBe(1);
  const lost = events.filter((event) => event.type === "disconnection");
  expect(lost.find(({ deviceId }) => deviceId === "disconnect")).toMatchObject({
    errorClass: "fault",
    error: "cut by the fault disconnect",
  });
  expect(seqsOf("disconnect").slice(0, 2)).toEqual([1, 2]);
  expect(seqsOf("disconnect")).not.toContain(3);
  // Two of `sendFailure` and two of `heldBack` have that class as well.
  expect(counted("telemetry_failed{class:fault}")).toBeGreaterThanOrEqual(5);
});

test("a fault of the model is begun and ended by the model", () => {
  const told = events.filter((event) => event.type === "model");
  const names = told.filter(({ deviceId }) => deviceId === "fanFailure").map(({ name }) => name);
  expect(names.filter((name) => name !== "fanSet")).toEqual(["fanFailed", "fanRepaired"]);
});

test("bodies are what they are without the fault, but for what it does to them", async () => {
  const ids = ["notANumber", "duplicate", "late"];
  const specs = ids.map((id, index) => deviceSpec(id, { index }));
  const marks = ingested.length;
  const shard = await runShard(cloud, specs, { boot: 2 });
  for (const id of ids) await shard.row(id, ({ acked }) => acked >= 8);
  await shard.stop();
  const again: Record<string, unknown>[] = await readAllEvents(cloud);
  for (const id of ids) {
    const sound = again.slice(marks).filter(({ deviceId }) => deviceId === id);
    expect(sound.length).toBeGreaterThanOrEqual(8);
    for (const [index, { body }] of sound.slice(0, 8).entries()) {
      const spoilt = bodyOf(id, index + 1);
      if (spoilt.includes("NaN")) continue;
      expect(spoilt).toBe(body);
    }
  }
});
