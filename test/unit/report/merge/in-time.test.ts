import fc from "fast-check";
import { expect, test } from "vitest";

import { inTime } from "../../../../src/report/merge/in-time.ts";

interface Stamped {
  readonly t: number;
  readonly name: string;
}

const stamped = (times: readonly number[], name: string): Stamped[] =>
  times.map((t, at) => ({ t, name: `${name}${at}` }));

/** Streams of which each knows whether it was closed. */
function streamsOf(lists: readonly (readonly Stamped[])[]) {
  const closed = new Set<number>();
  const streams = lists.map(async function* (list, at) {
    try {
      yield* await Promise.resolve(list);
    } finally {
      closed.add(at);
    }
  });
  return { streams, closed };
}

test("sorted streams become one sorted stream that has everything, and each end is told behind its last", async () => {
  const times = fc.array(fc.nat({ max: 50 }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(fc.array(times, { maxLength: 5 }), async (given) => {
      const lists = given.map((some, at) =>
        stamped(
          some.toSorted((a, b) => a - b),
          `${at}/`,
        ),
      );
      const { streams } = streamsOf(lists);
      const joined: Stamped[] = [];
      const ends = new Map<number, number>();
      for await (const { event, stream } of inTime(streams)) {
        if (event === undefined) ends.set(stream, joined.length);
        else joined.push(event);
      }
      const all = lists.flat();
      expect(joined).toHaveLength(all.length);
      expect(joined).toEqual(all.toSorted((a, b) => a.t - b.t));
      expect(ends.size).toBe(lists.length);
      const late = lists.filter((list, at) =>
        list.some((event) => joined.indexOf(event) >= (ends.get(at) ?? 0)),
      );
      expect(late).toEqual([]);
    }),
  );
});

test("a stream whose time goes back keeps its order", async () => {
  const { streams } = streamsOf([stamped([1, 9, 2], "a"), stamped([3, 10], "b")]);
  const names: string[] = [];
  for await (const { event } of inTime(streams)) if (event !== undefined) names.push(event.name);
  expect(names).toEqual(["a0", "b0", "a1", "a2", "b1"]);
});

test("who stops reading leaves no stream open", async () => {
  const { streams, closed } = streamsOf([stamped([1, 2], "a"), stamped([3], "b")]);
  for await (const { event } of inTime(streams)) if (event?.t === 1) break;
  expect(closed).toEqual(new Set([0, 1]));
});
