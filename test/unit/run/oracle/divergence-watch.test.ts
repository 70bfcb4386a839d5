import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../../../src/base/json.ts";
import type { Doing } from "../../../../src/run/oracle/divergence-watch.ts";
import { DivergenceWatch } from "../../../../src/run/oracle/divergence-watch.ts";
import { propertyLooks } from "../../../../src/run/oracle/property-look.ts";

const UP: Doing = { state: "streaming", sinceT: 0, onPurpose: false };
const AWAY: Doing = { state: "stopped", sinceT: 0, onPurpose: true };

/** Looks at one device; 1 s is tolerated. */
function watched() {
  const watch = new DivergenceWatch(1_000);
  let version = 1;
  /** @param reported what it reports while 5 is desired, or what is given */
  const look = (t: number, reported: Json, { desired = 5, doing = UP } = {}) => {
    version += 1;
    const properties = propertyLooks({ a: desired }, { a: reported }, {});
    return watch
      .look({ deviceId: "cave-1", t, version, properties, doing })
      .map(({ state, property, sinceMs }) => [state, property, sinceMs]);
  };
  return { watch, look };
}

test("what differs for longer than is tolerated begins once, and ends when it agrees", () => {
  const { watch, look } = watched();
  expect(look(0, 5)).toEqual([]);
  expect(look(1_000, 4)).toEqual([]);
  expect(look(2_000, 4)).toEqual([]);
  expect(watch.isOpen("cave-1")).toBe(true);
  expect(look(2_500, 4)).toEqual([["begun", "a", 1_500]]);
  expect(look(3_000, 3)).toEqual([]);
  expect(look(4_000, 5)).toEqual([["ended", "a", 3_000]]);
  expect(watch.isOpen("cave-1")).toBe(false);
  expect(look(5_000, 4)).toEqual([]);
});

test("what agrees in time is never told, nor what is desired anew each time", () => {
  const { look } = watched();
  expect(look(0, 4)).toEqual([]);
  expect(look(900, 5)).toEqual([]);
  for (const t of [1_000, 2_000, 3_000, 4_000]) expect(look(t, 4, { desired: t })).toEqual([]);
});

test("a device that is away is not judged, and has as long from its return on", () => {
  const { look } = watched();
  for (const t of [0, 5_000, 10_000]) expect(look(t, 4, { doing: AWAY })).toEqual([]);
  const back = { ...UP, sinceT: 10_100 };
  expect(look(10_200, 4, { doing: back })).toEqual([]);
  expect(look(11_500, 4, { doing: back })).toEqual([["begun", "a", 1_400]]);
});

test("a device that came back between two looks begins anew", () => {
  const { look } = watched();
  look(0, 4);
  expect(look(1_500, 4, { doing: { ...UP, sinceT: 1_000 } })).toEqual([]);
});

test("a property that is not desired any more ends", () => {
  const { watch, look } = watched();
  look(0, 4);
  look(2_000, 4);
  const ends = watch.look({ deviceId: "cave-1", t: 3_000, version: 9, properties: [], doing: UP });
  expect(ends).toMatchObject([{ state: "ended", property: "a", desired: 5, version: 9, t: 3_000 }]);
});

test("the history has the look before, what each side said, and what the device was doing", () => {
  const watch = new DivergenceWatch(1_000);
  const look = (t: number, reported: Json, doing: Doing) =>
    watch.look({
      deviceId: "cave-1",
      t,
      version: 2,
      properties: propertyLooks({ a: 5 }, { a: reported }, { a: 5 }),
      doing,
    });
  look(0, 5, UP);
  look(500, 4, AWAY);
  look(1_000, 4, AWAY);
  look(2_000, 4, { ...UP, sinceT: 1_500 });
  const [begun] = look(3_000, 4, { ...UP, sinceT: 1_500 });
  const said = { version: 2, desired: 5, reported: 4, inner: 5 };
  expect(begun).toMatchObject({ kind: "wronglyReported", sinceMs: 1_500 });
  expect(begun?.history).toEqual([
    { t: 0, untilT: 0, ...said, reported: 5, doing: "streaming" },
    { t: 500, untilT: 1_000, ...said, doing: "stopped", onPurpose: true },
    { t: 2_000, untilT: 3_000, ...said, doing: "streaming" },
  ]);
});

test("begins and ends alternate, whatever is seen, and a history stays bounded", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 3, max: 5 }), fc.boolean()),
      ),
      (looks) => {
        const { watch } = watched();
        let t = 0;
        let isTold = false;
        for (const [ms, reported, isUp] of looks) {
          t += ms;
          const properties = propertyLooks({ a: 5 }, { a: reported }, {});
          const doing = isUp ? UP : AWAY;
          for (const event of watch.look({ deviceId: "d", t, version: 1, properties, doing })) {
            expect(event.state).toBe(isTold ? "ended" : "begun");
            expect(event.history.length).toBeLessThanOrEqual(20);
            isTold = event.state === "begun";
          }
        }
      },
    ),
  );
});
