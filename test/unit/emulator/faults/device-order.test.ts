import fc from "fast-check";
import { expect, test } from "vitest";
import { deferred } from "../../../../src/base/deferred.ts";
import { DeviceOrder } from "../../../../src/emulator/faults/device-order.ts";

test("what is not held up, behind nothing that is, is as it came", () => {
  const order = new DeviceOrder();
  expect(order.after("a", 1)).toBe(1);
  expect(order.isIdle).toBe(true);
});

test("what is behind something settles after it, another device's does not wait", async () => {
  const order = new DeviceOrder();
  const first = deferred<string>();
  const told: unknown[] = [];
  const tell = (value: unknown): unknown => told.push(value);
  void Promise.resolve(order.after("a", first.promise)).then(tell);
  const second = Promise.resolve(order.after("a", "second")).then(tell);
  expect(order.after("b", "other")).toBe("other");
  expect(told).toEqual([]);
  first.resolve("first");
  await second;
  expect(told).toEqual(["first", "second"]);
});

test("one that is refused is refused at once, and those behind it wait for those before it", async () => {
  const order = new DeviceOrder();
  const first = deferred<string>();
  const begun = order.after("a", first.promise);
  await expect(order.after("a", Promise.reject(new Error("no")))).rejects.toThrow("no");
  const third = order.after("a", "third");
  expect(third).toBeInstanceOf(Promise);
  first.resolve("first");
  expect([await begun, await third]).toEqual(["first", "third"]);
});

test("whatever is held up and let go in whatever order, it settles in the order in which it came, and is forgotten", async () => {
  const letGo = fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 10, maxLength: 10 });
  const held = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(letGo, held, async (turns, areHeld) => {
      const order = new DeviceOrder();
      const gates = areHeld.map((isHeld) => (isHeld ? deferred<void>() : undefined));
      const told: number[] = [];
      const all = gates.map(async (gate, at) => {
        await order.after("a", gate?.promise);
        told.push(at);
      });
      for (const turn of turns) gates[turn]?.resolve();
      await Promise.all(all);
      await order.after("a", Promise.resolve());
      expect(told.filter((at) => areHeld[at])).toEqual(
        told.filter((at) => areHeld[at]).toSorted((a, b) => a - b),
      );
      const firstHeld = areHeld.indexOf(true);
      const behind = told.filter((at) => firstHeld >= 0 && at >= firstHeld);
      expect(behind).toEqual(behind.toSorted((a, b) => a - b));
    }),
  );
});
