import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration } from "../../../src/base/units.ts";
import { parseArrivalFile } from "../../../src/plan/arrival-file.ts";

test("a file has a time a line; blank lines and comments are passed over", () => {
  const text = "\uFEFF# after the cut\r\n0s\r\n\r\n 2.5s # the second\r\n1m";
  expect(parseArrivalFile(text, "t.txt")).toEqual({ times: [0, 2_500, 60_000], problems: [] });
});

test("every wrong line is told with its number, the first five at length", () => {
  const { problems } = parseArrivalFile("0s\n5\nsoon\n-1s\n1s, 2s\nx\ny\n", "t.txt");
  expect(problems).toHaveLength(6);
  expect(problems[0]).toEqual({
    place: "t.txt:2",
    message: 'expected a time such as 2.5s, one a line, got "5"',
  });
  expect(problems[5]?.message).toBe("and 1 more like these");
});

test("a file without a time is no list", () => {
  const empty = [{ place: "t.txt", message: "expected a time a line, got none" }];
  expect(parseArrivalFile("", "t.txt").problems).toEqual(empty);
  expect(parseArrivalFile("# nothing\n\n", "t.txt").problems).toEqual(empty);
});

test("reading undoes writing, and any text is read", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 10_000_000 }), { minLength: 1 }), (times) => {
      const text = times.map(formatDuration).join("\n");
      expect(parseArrivalFile(text, "t.txt")).toEqual({ times, problems: [] });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { times, problems } = parseArrivalFile(text, "t.txt");
      expect(times.length + problems.length).toBeGreaterThan(0);
    }),
  );
});
