import { expect, test } from "vitest";
import { latenciesOf } from "../../../../src/emulator/dps/latencies.ts";

const hubs = ["a.net", "b.net"];

test("latencies are given for all hubs, in any case, or for none", () => {
  expect(latenciesOf({ "A.net": 5, "b.net": 0 }, hubs)).toEqual(
    new Map([
      ["a.net", 5],
      ["b.net", 0],
    ]),
  );
  expect(latenciesOf({}, hubs).size).toBe(0);
});

test("a hub without one and a name of no hub are both told", () => {
  expect(() => latenciesOf({ "a.net": 5, "c.net": 1 }, hubs)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      problems: [
        expect.objectContaining({ message: expect.stringContaining("c.net") }),
        expect.objectContaining({ message: expect.stringContaining("b.net") }),
      ],
    }),
  );
});
