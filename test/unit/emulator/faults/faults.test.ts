import { expect, test } from "vitest";
import { deferred } from "../../../../src/base/deferred.ts";
import { silentLogger } from "../../../../src/base/log.ts";
import type { FaultRequest } from "../../../../src/base/fault-order.ts";
import { FaultReader } from "../../../../src/base/fault-order.ts";
import { Faults } from "../../../../src/emulator/faults/faults.ts";

const READER = new FaultReader({ hubs: [] });

function orderOf(request: FaultRequest) {
  const read = READER.read(request);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.order;
}

/** Faults by the machine's clock, with what the actor of `dpsGone` was told. */
function acting() {
  const faults = new Faults({ clock: Date.now, log: silentLogger() });
  const told: string[] = [];
  const begun = deferred<undefined>();
  const ended = deferred<undefined>();
  faults.act("dpsGone", {
    begin: ({ id, order }) => {
      told.push(`${id} begins: ${order.parameters.answer}`);
      begun.resolve(undefined);
    },
    end: ({ id }) => {
      told.push(`${id} ends`);
      ended.resolve(undefined);
    },
  });
  return { faults, told, begun: begun.promise, ended: ended.promise };
}

test("a fault begins by itself when its time comes, and its actor is told", async () => {
  const { faults, told, begun } = acting();
  faults.inject(orderOf({ kind: "hubGone" }));
  faults.inject(orderOf({ kind: "dpsGone", delayMs: 3 }));
  expect(told).toEqual([]);
  await begun;
  expect(told).toEqual(["2 begins: close"]);
});

test("a fault ends by itself when its time comes, and its actor is told", async () => {
  const { faults, told, ended } = acting();
  faults.inject(orderOf({ kind: "dpsGone", durationMs: 3 }));
  await ended;
  expect(told).toEqual(["1 begins: close", "1 ends"]);
  expect(faults.list()).toEqual([]);
});

test("a stop ends all faults, and none can be put on afterwards", () => {
  const { faults, told } = acting();
  faults.inject(orderOf({ kind: "dpsGone", parameters: { answer: "notFound" } }));
  faults.inject(orderOf({ kind: "dpsGone", delayMs: 1000 }));
  faults.stop();
  faults.stop();
  expect(told).toEqual(["1 begins: notFound", "1 ends"]);
  expect(faults.list()).toEqual([]);
  expect(() => faults.inject(orderOf({ kind: "dpsGone" }))).toThrow("the emulator has stopped");
});

test("a thousand faults may be on at a time", () => {
  const { faults } = acting();
  const order = orderOf({ kind: "throttled" });
  for (let n = 0; n < 1000; n++) faults.inject(order);
  expect(() => faults.inject(order)).toThrow("1000 are on");
  faults.clear();
  expect(faults.inject(order).id).toBe("1001");
});

test("each service meets the faults that are for it", () => {
  const { faults } = acting();
  faults.inject(orderOf({ kind: "throttled", scope: { service: "dps" } }));
  expect(faults.at("dps").strike("throttled")?.id).toBe("1");
  expect(faults.at("my-hub.azure-devices.net").strike("throttled")).toBeUndefined();
  expect(faults.at("my-hub.azure-devices.net").none).toBe(false);
});
