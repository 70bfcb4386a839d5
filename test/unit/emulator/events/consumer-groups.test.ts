import { expect, test } from "vitest";
import { ConsumerGroups } from "../../../../src/emulator/events/consumer-groups.ts";

const groups = (): ConsumerGroups =>
  new ConsumerGroups({ consumerGroupsMax: 3, consumerGroupReadersMax: 2 }, 5);

const reader = (...partitions: number[]) => ({ partitions, end: () => {} });

test("$Default is there from the beginning, and stays", () => {
  const all = groups();
  expect(all.all()).toMatchObject([{ name: "$Default", createdMs: 5 }]);
  expect(() => all.delete("$default")).toThrow("cannot be deleted");
});

test("a group is found without case, made once, and there are only so many", () => {
  const all = groups();
  const mine = all.create("Mine", 7);
  expect(all.create("mine", 8)).toBe(mine);
  expect(all.get("MINE")).toMatchObject({ name: "Mine", createdMs: 7 });
  all.create("other", 9);
  expect(() => all.create("another", 9)).toThrow("may be no more");
  all.delete("mine");
  expect(() => all.delete("mine")).toThrow("there is $Default, other");
  all.create("another", 9);
});

test("a partition has only so many readers in a group, and a place is free again once", () => {
  const group = groups().get("$Default");
  const leave = group.join(reader(0, 1));
  group.join(reader(1, 2));
  expect(() => group.join(reader(2, 1))).toThrow("Partition 1");
  group.join(reader(2));
  expect(() => group.join(reader(2))).toThrow("Partition 2");
  leave();
  leave();
  group.join(reader(1));
  expect(() => group.join(reader(1))).toThrow("Partition 1");
});

test("a group that is deleted ends its readers", () => {
  const all = groups();
  const ended: string[] = [];
  const group = all.create("mine", 0);
  group.join({ partitions: [0], end: () => ended.push("a") });
  const leave = group.join({ partitions: [0], end: () => ended.push("b") });
  leave();
  all.delete("mine");
  expect(ended).toEqual(["a"]);
});
