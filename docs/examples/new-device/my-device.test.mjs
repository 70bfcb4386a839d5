import assert from "node:assert/strict";
import { test } from "node:test";
import { model } from "./my-device.mjs";

/**
 * A device as the fleet makes it, with random numbers that are the same each time.
 *
 * @param {Record<string, number>} settings in place of the defaults
 */
function deviceOf(settings = {}, seed = 1) {
  /** @type {object[]} */
  const reports = [];
  /** @type {string[]} */
  const events = [];
  const device = model.create({
    deviceId: "barrel-1",
    settings: { ...model.defaults, ...settings },
    random: () => streamOf(seed),
    file: () => "",
    report: (patch) => reports.push(patch),
    tell: (event) => events.push(event.name),
  });
  const bodies = (count = 1) =>
    Array.from({ length: count }, () => device.step({ dtS: 5, atMs: 0 })).flatMap((messages) =>
      messages.map(({ body }) => body),
    );
  return { device, reports, events, bodies };
}

/** Uniform in [0, 1) after a seed: the generator mulberry32. @param {number} seed */
function streamOf(seed) {
  let state = seed;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    save: () => [state],
    /** @param {readonly number[]} saved */
    load([saved = 0]) {
      state = saved;
    },
  };
}

const PUSHED = { version: 2, initial: false };

test("rain fills the barrel up to its brim, and that is told once", () => {
  const { device, events } = deviceOf();
  const percents = Array.from({ length: 20 }, () => {
    const [message] = device.step({ dtS: 5, atMs: 0 });
    return JSON.parse(message?.body ?? "").percent;
  });
  assert.deepEqual(
    percents,
    percents.toSorted((a, b) => a - b),
  );
  assert.equal(percents.at(-1), 100);
  assert.deepEqual(events, ["barrelFull"]);
});

test("only from the alarm level on do messages carry the alert", () => {
  const { device } = deviceOf({ rainLPerMin: 0 });
  const alert = () => device.step({ dtS: 5, atMs: 0 })[0]?.properties.levelAlert;
  assert.equal(alert(), undefined);
  device.desired({ alarmAtPercent: 50 }, PUSHED);
  assert.equal(alert(), "true");
});

test("desired properties are echoed as they are in force", () => {
  const { device } = deviceOf();
  assert.deepEqual(device.desired({ alarmAtPercent: 75 }, PUSHED), { alarmAtPercent: 75 });
  assert.deepEqual(device.desired({ alarmAtPercent: "high" }, PUSHED), { alarmAtPercent: 75 });
  assert.deepEqual(device.desired({ alarmAtPercent: null }, PUSHED), { alarmAtPercent: 90 });
  assert.equal(device.desired({ other: 1 }, PUSHED), undefined);
  device.desired({ alarmAtPercent: 60 }, PUSHED);
  assert.deepEqual(device.settled?.(), { alarmAtPercent: 60 });
});

test("Drain empties the barrel, and reports how much that was", () => {
  const { device, reports } = deviceOf({ capacityL: 200 });
  assert.deepEqual(device.methods.Drain?.(null), {
    status: 200,
    payload: { drainedL: 100 },
    reported: { lastDrainedL: 100 },
  });
  assert.deepEqual(device.methods.Drain?.(null).payload, { drainedL: 0 });
  assert.deepEqual(reports, [{ capacityL: 200 }]);
});

test("every problem of settings is told at once", () => {
  assert.deepEqual(model.checkSettings({ capacityL: 80, rainLPerMin: 0 }), []);
  assert.deepEqual(model.checkSettings({ capacity: 80, capacityL: 0, rainLPerMin: "much" }), [
    "capacity: there is no such setting; there are capacityL, rainLPerMin",
    "capacityL: expected a number from 1 to 100000, got 0",
    'rainLPerMin: expected a number from 0 to 10000, got "much"',
  ]);
});

test("the same seed gives the same messages, another one others", () => {
  assert.deepEqual(deviceOf({}, 7).bodies(5), deviceOf({}, 7).bodies(5));
  assert.notDeepEqual(deviceOf({}, 7).bodies(5), deviceOf({}, 8).bodies(5));
});

test("a restored device goes on with the same messages", () => {
  const first = deviceOf();
  first.bodies(3);
  const snapshot = JSON.parse(JSON.stringify(first.device.snapshot()));
  const second = deviceOf({}, 99);
  second.device.restore(snapshot);
  assert.deepEqual(second.bodies(5), first.bodies(5));
});
