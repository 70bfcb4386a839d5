import { expect, test } from "vitest";
import { replaceMethod } from "../../../../src/emulator/network/replace-method.ts";

class Counter {
  count = 0;
  add(by: number): number {
    this.count += by;
    return this.count;
  }
}

test("a replaced method may call the one that was there, and is taken away again", () => {
  const counter = new Counter();
  const putBack = replaceMethod(counter, "add", (add) => (by) => add(Number(by) * 10));
  expect(counter.add(2)).toBe(20);
  putBack();
  expect(counter.add(2)).toBe(22);
  expect(Object.hasOwn(counter, "add")).toBe(false);
});

test("a method of the object's own is put back", () => {
  const counter = Object.assign(new Counter(), { add: () => -1 });
  const putBack = replaceMethod(counter, "add", () => () => 7);
  expect(counter.add()).toBe(7);
  putBack();
  expect(counter.add()).toBe(-1);
});

test("what somebody else put there meanwhile stays", () => {
  const counter = new Counter();
  const putBack = replaceMethod(counter, "add", () => () => 7);
  counter.add = () => 99;
  putBack();
  expect(counter.add(1)).toBe(99);
});

test("what is no method is not replaced", () => {
  expect(() => replaceMethod(new Counter(), "count", (was) => was)).toThrow("no method count");
});
