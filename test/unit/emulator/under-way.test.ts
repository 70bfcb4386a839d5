import { expect, test } from "vitest";
import { deferred } from "../../../src/base/deferred.ts";
import { UnderWay } from "../../../src/emulator/under-way.ts";

test("it has settled when all that began before has, well or badly", async () => {
  const underWay = new UnderWay();
  expect(underWay.watch(1)).toBe(1);
  await underWay.settled();
  const good = deferred<number>();
  const bad = deferred<number>();
  const order: string[] = [];
  const first = underWay.watch(good.promise).then(() => order.push("good"));
  const second = underWay.watch(bad.promise).catch(() => order.push("bad"));
  const all = underWay.settled().then(() => order.push("settled"));
  bad.reject(new Error("no"));
  good.resolve(1);
  await Promise.all([first, second, all]);
  expect(order).toEqual(["bad", "good", "settled"]);
  await underWay.settled();
});
