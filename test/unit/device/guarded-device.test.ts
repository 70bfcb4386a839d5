import { expect, test } from "vitest";
import { createRandom } from "../../../src/base/random.ts";
import type { DeviceFailure } from "../../../src/base/failure.ts";
import { GuardedDevice } from "../../../src/device/guarded-device.ts";
import { ModelTime } from "../../../src/metrics/generator/model-time.ts";
import type {
  DeviceModel,
  JsonObject,
  ModelContext,
  ModelDevice,
  ModelEvent,
} from "../../../src/model/model.ts";

/** A device of a model whose `create` gives these members beside good ones, and what was told of it. */
function guarded(more: object | ((context: ModelContext<JsonObject>) => object) = {}) {
  const failures: DeviceFailure[] = [];
  const reports: JsonObject[] = [];
  const events: ModelEvent[] = [];
  const good: ModelDevice = {
    step: () => [{ body: "{}", properties: { a: "1" } }],
    desired: (patch) => patch,
    methods: { Echo: (payload) => ({ status: 200, payload }) },
    snapshot: () => ({ kept: true }),
    restore: () => undefined,
  };
  const model: DeviceModel = {
    name: "gauge",
    defaults: {},
    checkSettings: () => [],
    create: (context) => Object.assign(good, typeof more === "function" ? more(context) : more),
  };
  const context: ModelContext<JsonObject> = {
    deviceId: "d",
    settings: {},
    random: (stream) => createRandom(1, "d", stream),
    file: () => "",
    report: (patch) => void reports.push(patch),
    tell: (event) => void events.push(event),
  };
  let nowMs = 0;
  // Each look at the clock is a millisecond later.
  const time = new ModelTime(model.name, () => (nowMs += 1));
  const onBroken = (failure: DeviceFailure): void => void failures.push(failure);
  const device = new GuardedDevice(model, context, { onBroken, time });
  return { device, failures, reports, events, time };
}

/** As JavaScript does, which knows no types. */
function callLoosely(context: object, name: string, given: unknown): void {
  const member: unknown = Reflect.get(context, name);
  if (typeof member === "function") Reflect.apply(member, context, [given]);
}

const TIME = { dtS: 1, atMs: 0 };
const PUSHED = { version: 2, initial: false };

test("a good device is let through as it is", () => {
  const { device, failures } = guarded({ modelId: "dtmi:com:example:Gauge;1", intervalS: 2 });
  expect(device.modelId).toBe("dtmi:com:example:Gauge;1");
  expect(device.intervalS).toBe(2);
  expect(device.step(TIME)).toEqual([{ body: "{}", properties: { a: "1" } }]);
  expect(device.desired({ x: 1 }, PUSHED)).toEqual({ x: 1 });
  expect(device.methods["Echo"]?.([1])).toEqual({ status: 200, payload: [1] });
  expect(device.snapshot()).toEqual({ kept: true });
  expect(device.settled()).toEqual({});
  expect(failures).toEqual([]);
});

test("methods keep the mapping that they are members of, and devices theirs", () => {
  class Counter {
    #count = 0;
    methods = {
      by: 2,
      Add(this: { by: number }) {
        return { status: 200, payload: this.by };
      },
    };
    step() {
      this.#count += 1;
      return [{ body: String(this.#count), properties: {} }];
    }
  }
  const counter = new Counter();
  Object.defineProperty(counter.methods, "by", { enumerable: false });
  const { device, failures } = guarded({
    methods: counter.methods,
    step: counter.step.bind(counter),
  });
  expect(device.step(TIME)[0]?.body).toBe("1");
  expect(device.methods["Add"]?.(null)).toEqual({ status: 200, payload: 2 });
  expect(failures).toEqual([]);
});

test.for<readonly [given: unknown, told: string]>([
  [undefined, "step: expected a list of messages, got nothing"],
  [
    Promise.resolve([]),
    "step: expected a list of messages, got a promise (is the function async?)",
  ],
  [[7], "step: message 1 of 1: expected { body, properties }, got a number"],
  [
    [
      { body: "", properties: {} },
      { body: { t: 1 }, properties: {} },
    ],
    "step: message 2 of 2: body: expected a text, such as JSON.stringify(…), got an object",
  ],
  [
    [{ body: "" }],
    "step: message 1 of 1: properties: expected a mapping, {} for none, got nothing",
  ],
  [
    [{ body: "", properties: { alert: true } }],
    "step: message 1 of 1: properties.alert: expected a text, got a boolean",
  ],
  [
    [{ body: "", properties: {}, contentType: 1 }],
    "step: message 1 of 1: contentType: expected a text, got a number",
  ],
  [
    [{ body: "", properties: {}, contentEncoding: null }],
    "step: message 1 of 1: contentEncoding: expected a text, got nothing",
  ],
])("messages that are %j break the device, once, and it sends nothing more", ([given, told]) => {
  const { device, failures } = guarded({ step: () => given });
  expect(device.step(TIME)).toEqual([]);
  expect(device.step(TIME)).toEqual([]);
  expect(failures).toEqual([
    expect.objectContaining({
      failureClass: "model",
      transient: false,
      message: `model gauge: ${told}`,
    }),
  ]);
});

test.for<readonly [given: unknown, told: string]>([
  [undefined, "expected { status, payload }, got nothing"],
  [{ status: "200" }, "status: expected a whole number other than 0, such as 200, got a text"],
  [{ status: 0 }, "status: expected a whole number other than 0, such as 200, got a number"],
  [{ status: 200, payload: { t: Number.NaN } }, "payload.t: expected JSON, got NaN"],
  [{ status: 200, payload: [() => 1] }, "payload.0: expected JSON, got a function"],
  [
    { status: 200, reported: 1 },
    "reported: expected a mapping of reported properties, got a number",
  ],
])("a method that answers %j is answered 500, and breaks the device", ([given, told]) => {
  const { device, failures } = guarded({ methods: { Go: () => given } });
  const failed = { status: 500, payload: { result: "method Go failed" } };
  expect(device.methods["Go"]?.(null)).toEqual(failed);
  expect(device.methods["Go"]?.(null)).toEqual(failed);
  expect(failures.map(({ message }) => message)).toEqual([`model gauge: method Go: ${told}`]);
});

test.for<readonly [given: unknown, told: string]>([
  [[1], "expected a mapping of reported properties, got a list"],
  [{ t: Infinity }, "t: expected JSON, got Infinity"],
  [{ a: { b: 1n } }, "a.b: expected JSON, got a bigint"],
])("reported properties that are %o break the device", ([given, told]) => {
  const { device, failures } = guarded({ desired: () => given });
  expect(device.desired({}, PUSHED)).toBe(undefined);
  expect(failures.map(({ message }) => message)).toEqual([`model gauge: desired: ${told}`]);
});

test.for<readonly [given: unknown, told: string]>([
  [undefined, "expected a mapping of properties in use, got nothing"],
  [{ t: Number.NaN }, "t: expected JSON, got NaN"],
])("properties in use that are %o break the device", ([given, told]) => {
  const { device, failures } = guarded({ settled: () => given });
  expect(device.settled()).toEqual({});
  expect(failures.map(({ message }) => message)).toEqual([`model gauge: settled: ${told}`]);
});

test.for([0, -1, Number.NaN, Infinity, "5"])("an interval of %j breaks the device", (intervalS) => {
  const { device, failures } = guarded({ intervalS });
  expect(device.intervalS).toBe(undefined);
  expect(failures[0]?.message).toMatch(/^model gauge: intervalS: expected seconds above 0, got a /);
});

const thrower = (): never => {
  throw new RangeError("too hot");
};
const THROWN = String.raw`threw RangeError: too hot \(.*guarded-device\.test\.ts:\d+\)$`;

test.for<readonly [what: string, more: object, act: (device: GuardedDevice) => unknown]>([
  ["step", { step: thrower }, (device) => device.step(TIME)],
  ["desired", { desired: thrower }, (device) => device.desired({}, PUSHED)],
  ["method Go", { methods: { Go: thrower } }, (device) => device.methods["Go"]?.(null)],
  ["snapshot", { snapshot: thrower }, (device) => device.snapshot()],
  ["settled", { settled: thrower }, (device) => device.settled()],
  ["restore", { restore: thrower }, (device) => device.restore(null)],
  [
    "beginFault",
    { beginFault: thrower },
    (device) => device.beginFault({ id: "1", kind: "stuck", parameters: {} }),
  ],
  ["endFault", { endFault: thrower }, (device) => device.endFault("1")],
])("what %s throws is told with file and line, and its cause", ([what, more, act]) => {
  const { device, failures } = guarded(more);
  act(device);
  expect(failures[0]?.message).toMatch(new RegExp(`^model gauge: ${what} ${THROWN}`));
  expect(failures[0]?.cause).toBeInstanceOf(RangeError);
});

const rejecting = (): Promise<never> => Promise.reject(new Error("nobody waits for this"));
const AT_ONCE = "expected an answer at once, got a promise (is the function async?)";

test.for<readonly [told: string, more: object, act: (device: GuardedDevice) => unknown]>([
  [
    "step: expected a list of messages, got a promise (is the function async?)",
    { step: rejecting },
    (device) => device.step(TIME),
  ],
  [`desired: ${AT_ONCE}`, { desired: rejecting }, (device) => device.desired({}, PUSHED)],
  [
    `method Go: ${AT_ONCE}`,
    { methods: { Go: rejecting } },
    (device) => device.methods["Go"]?.(null),
  ],
  [`endFault: ${AT_ONCE}`, { endFault: rejecting }, (device) => device.endFault("1")],
])("what is asynchronous breaks the device alone: %s", async ([told, more, act]) => {
  const { device, failures } = guarded(more);
  act(device);
  expect(failures.map(({ message }) => message)).toEqual([`model gauge: ${told}`]);
});

test("a model that cannot make its device breaks it before it begins", () => {
  const { device, failures } = guarded(thrower);
  expect(failures[0]?.message).toMatch(new RegExp(`^model gauge: create ${THROWN}`));
  expect([device.step(TIME), device.methods, device.modelId]).toEqual([[], {}, undefined]);
});

test("a device that lacks a member is broken before it begins", () => {
  const { failures } = guarded({ restore: undefined });
  expect(failures.map(({ message }) => message)).toEqual([
    "model gauge: device.restore: expected a function that takes what snapshot gave, got nothing",
  ]);
});

test("reports and events are handed on, and wrong ones thrown back at the line that made them", () => {
  const { device, failures, reports, events } = guarded((context: ModelContext<JsonObject>) => ({
    step: () => {
      context.report({ on: true });
      context.tell({ name: "broke", text: "it broke", level: "warning", data: { at: 1 } });
      callLoosely(context, "report", "on");
      return [];
    },
  }));
  device.step(TIME);
  expect(reports).toEqual([{ on: true }]);
  expect(events).toHaveLength(1);
  expect(failures[0]?.message).toMatch(
    /^model gauge: step threw TypeError: report: expected a mapping of reported properties, got a text \(.*guarded-device\.test\.ts:\d+\)$/,
  );
});

test.for<readonly [event: unknown, told: string]>([
  ["broke", "tell: expected { name, text }, got a text"],
  [{ text: "" }, "tell: name: expected a text, got nothing"],
  [{ name: "a" }, "tell: text: expected a text, got nothing"],
  [
    { name: "a", text: "b", level: "error" },
    'tell: level: expected "info" or "warning", got a text',
  ],
  [{ name: "a", text: "b", data: [] }, "tell: data: expected a mapping, got a list"],
])("an event %j is refused", ([event, told]) => {
  const { failures } = guarded((context: ModelContext<JsonObject>) => {
    callLoosely(context, "tell", event);
    return {};
  });
  expect(failures[0]?.message).toContain(told);
});

test("the time in the model's code is counted, also where it throws", () => {
  const { device, time } = guarded({
    desired: () => {
      throw new Error("no");
    },
  });
  time.take();
  device.step(TIME);
  device.methods["Echo"]?.(1);
  expect(time.take()).toBe(2);
  device.desired({}, PUSHED);
  expect(time.take()).toBe(1);
});
