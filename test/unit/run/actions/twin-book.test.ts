import fc from "fast-check";
import { expect, test } from "vitest";

import type { JsonObject } from "../../../../src/base/json.ts";
import type { TwinActionAccount } from "../../../../src/output/output.ts";
import type { PlannedTwinAction } from "../../../../src/run/actions/twin-book.ts";
import { TwinBook } from "../../../../src/run/actions/twin-book.ts";
import type { TwinEvent } from "../../../../src/run/actions/twin-follower.ts";
import { mergedTwinActions } from "../../../../src/report/merge/merged-twin-actions.ts";

const VALUE = { temperature: 50.123 };

function planned(
  change: Partial<PlannedTwinAction["action"]> = {},
  times = 1,
  ids: readonly string[] = ["a", "b"],
): PlannedTwinAction {
  return {
    index: 0,
    at: "12s",
    when: { from: "start", delayMs: 12_000 },
    repeat: { times, everyMs: 1_000 },
    selection: { ids, asked: [] },
    action: {
      kind: "twin",
      devices: [],
      desired: VALUE,
      mode: "merge",
      seen: true,
      timeoutMs: 1_000,
      ...change,
    },
  };
}

const bookOf = (action: PlannedTwinAction, isGivenElsewhere = () => false): TwinBook =>
  new TwinBook({ planned: action, isGivenElsewhere, onTime: () => {} });

const desired = (deviceId: string, version: number, patch: JsonObject, initial = false) =>
  ({ type: "desired", t: 12_100, deviceId, version, initial, patch }) as const;
const reported = (deviceId: string, desiredVersion: number, patch: JsonObject, t = 12_200) =>
  ({ type: "reported", t, deviceId, desiredVersion, patch, ms: 5 }) as const;
const take = (book: TwinBook, ...events: TwinEvent[]): void => {
  for (const event of events) book.observe(event.deviceId, event);
};
const resultOf = (book: TwinBook): TwinActionAccount => book.result(() => ({}));

function begun(change: Partial<PlannedTwinAction["action"]> = {}, times = 1): TwinBook {
  const book = bookOf(planned(change, times));
  round(book, 1);
  return book;
}

function round(book: TwinBook, number: number, t = 12_000): void {
  book.begin(number, ["a", "b"]);
  for (const id of ["a", "b"]) book.asking(id, t);
}

test("an action that was never begun is not due", () => {
  expect(resultOf(bookOf(planned()))).toMatchObject({ selected: 2, patched: 0, notDue: true });
});

test("a device that follows is received, acknowledged and converged, with each of its times", () => {
  const book = begun();
  book.answered("a", 3, 40);
  take(book, desired("a", 3, VALUE), reported("a", 3, VALUE));
  book.saw("a", 190, 12_000);
  expect(resultOf(book)).toMatchObject({
    patched: 1,
    received: 1,
    acknowledged: 1,
    notEchoed: 0,
    seen: 1,
    receivedByOthers: 0,
    converged: 1,
    stragglers: 1,
    times: {
      acknowledged: { count: 1, max: 200 },
      received: { count: 1, max: 100 },
      answer: { count: 1, max: 100 },
      seen: { count: 1, max: 190 },
      paced: { count: 1, max: 40 },
    },
  });
});

test("events that come before the service's answer count all the same", () => {
  const book = begun();
  const acknowledged = { temperature: { value: 50.123, ac: 200, av: 3 } };
  take(book, desired("a", 3, VALUE), reported("a", 3, acknowledged));
  book.answered("a", 3, 0);
  expect(resultOf(book)).toMatchObject({ received: 1, acknowledged: 1 });
});

test("the section read after a reconnect counts as received", () => {
  const book = begun();
  book.answered("b", 3, 0);
  take(book, desired("b", 4, { ...VALUE, humidity: 1 }, true));
  expect(resultOf(book)).toMatchObject({ received: 1, acknowledged: 0, notEchoed: 1 });
});

test.each([
  ["from before the patch", reported("a", 2, VALUE)],
  ["of another value", reported("a", 3, { temperature: 50 })],
  ["of an older version", reported("a", 3, { temperature: { value: 50.123, ac: 200, av: 2 } })],
  ["of work under way", reported("a", 3, { temperature: { value: 50.123, ac: 202, av: 3 } })],
])("a report %s does not acknowledge it", (_, report) => {
  const book = begun();
  book.answered("a", 3, 0);
  take(book, report);
  expect(resultOf(book)).toMatchObject({ acknowledged: 0, refused: 0 });
});

const acknowledgedBy = (ac: number) =>
  reported("a", 3, { temperature: { value: 50.123, ac, av: 3 } });

test("a device that refuses is told, until it thinks better of it", () => {
  const book = begun();
  book.answered("a", 3, 0);
  take(book, desired("a", 3, VALUE), acknowledgedBy(400));
  expect(resultOf(book)).toMatchObject({ acknowledged: 0, refused: 1, notEchoed: 0 });
  expect(resultOf(book).stragglersNamed[0]).toMatchObject({ registrationId: "a", why: "refused" });
  take(book, acknowledgedBy(200));
  expect(resultOf(book)).toMatchObject({ acknowledged: 1, refused: 0, converged: 1 });
});

test("a device that was not selected and got the value pushed is counted once", () => {
  const book = begun({ step: { temperature: 1 } }, 3);
  take(
    book,
    desired("c", 2, VALUE),
    desired("c", 3, VALUE),
    desired("d", 2, { humidity: 1 }),
    desired("e", 2, VALUE, true),
    // Of a round that has not begun.
    desired("f", 2, { temperature: 51.123 }),
  );
  expect(resultOf(book).receivedByOthers).toBe(1);
});

test("a device to which another action gives the same value is no stranger", () => {
  const book = bookOf(planned(), () => true);
  round(book, 1);
  take(book, desired("c", 2, VALUE));
  expect(resultOf(book).receivedByOthers).toBe(0);
  const steps = bookOf(planned({ step: { temperature: 0.5 } }, 3));
  expect(steps.gives("a", { temperature: 51.123 })).toBe(true);
  expect(steps.gives("a", { temperature: 51.623 })).toBe(false);
  expect(steps.gives("c", VALUE)).toBe(false);
});

test("a device that was away reads the last round, and what it missed is named", () => {
  const book = bookOf(planned({ step: { temperature: 1 } }, 4));
  for (const number of [1, 2, 3, 4]) {
    round(book, number);
    book.answered("a", number + 1, 0);
    book.answered("b", number + 1, 0);
    const value = { temperature: 49.123 + number };
    take(book, desired("a", number + 1, value), reported("a", number + 1, value));
    if (number === 1) take(book, desired("b", 2, VALUE), reported("b", 2, VALUE));
  }
  expect(resultOf(book)).toMatchObject({ converged: 1, stragglers: 1, missed: 0 });
  const missed = { deviceId: "b", from: 3, to: 5, learnt: "read", healed: true } as const;
  const last = { temperature: 53.123 };
  take(book, { type: "desiredMissed", t: 12_900, ...missed }, desired("b", 5, last, true));
  take(book, reported("b", 5, last, 12_950));
  expect(resultOf(book)).toMatchObject({
    patched: 8,
    received: 8,
    acknowledged: 6,
    superseded: 2,
    missed: 3,
    converged: 2,
    stragglers: 0,
    missedBy: [{ registrationId: "b", versions: 3, rounds: [[2, 4]], healed: true }],
  });
});

test("a device that follows too late is a straggler, and so is one that was not patched", () => {
  const book = begun();
  book.answered("a", 3, 0);
  book.notAnswered("b", "the hub is gone");
  take(book, desired("a", 3, VALUE), reported("a", 3, VALUE, 13_001));
  const { stragglersNamed, acknowledged, converged } = book.result((id) =>
    id === "b" ? { state: "reconnecting", disconnectedT: 11_000, error: "reset" } : {},
  );
  expect({ acknowledged, converged }).toEqual({ acknowledged: 1, converged: 0 });
  expect(stragglersNamed).toMatchObject([
    {
      registrationId: "b",
      why: "notPatched",
      state: "reconnecting",
      disconnectedS: 11,
      error: "the hub is gone",
    },
    { registrationId: "a", why: "late", ms: 1_001, version: 3, receivedVersion: 3 },
  ]);
});

/** What happens at one device, in its order; `ask` with the version that the patch makes. */
type Step = { readonly ask: number; readonly t: number } | { readonly event: TwinEvent };

interface Life {
  readonly id: string;
  readonly steps: readonly Step[];
}

const ROUNDS = 4;

type Way = "follows" | "silent" | "away";

/** A device in each round: it follows, it does not report, or it is away and learns of it with the next push. */
function lifeOf(id: string, ways: readonly Way[]): Life {
  const steps = ways.flatMap((way, index): readonly Step[] => {
    const version = index + 2;
    const value = { temperature: 50 + index };
    const t = 12_000 + index * 100;
    const wasAway = ways[index - 1] === "away";
    const [from, to] = [version - 1, version - 1];
    const missed = { deviceId: id, from, to, learnt: "gap", healed: true } as const;
    const events: readonly TwinEvent[] =
      way === "away"
        ? []
        : [
            ...(wasAway ? [{ type: "desiredMissed", t, ...missed } as const] : []),
            { ...desired(id, version, value, wasAway), t: t + 10 },
            ...(way === "follows" ? [reported(id, version, value, t + 30)] : []),
          ];
    return [{ ask: version, t }, ...events.map((event) => ({ event }))];
  });
  return { id, steps };
}

const ways: fc.Arbitrary<Way[]> = fc.array(fc.constantFrom<Way>("follows", "silent", "away"), {
  minLength: ROUNDS,
  maxLength: ROUNDS,
});
const fleetOf = (all: readonly (readonly Way[])[]): readonly Life[] =>
  all.map((some, index) => lifeOf(`d${index}`, some));

/** One device after the other; the service's answers come at once, or when all else of the round is over. */
function played(lives: readonly Life[], areAnswersLate = false): TwinActionAccount {
  const change = { desired: { temperature: 50 }, step: { temperature: 1 } };
  const ids = lives.map(({ id }) => id);
  const book = bookOf(planned(change, ROUNDS, ids));
  for (const { id, steps } of lives) {
    let open: number | undefined;
    const answer = (): void => {
      if (open !== undefined) book.answered(id, open, 1);
      open = undefined;
    };
    for (const step of steps) {
      if ("event" in step) {
        take(book, step.event);
        continue;
      }
      answer();
      book.begin(step.ask - 1, [id]);
      book.asking(id, step.t);
      open = step.ask;
      if (!areAnswersLate) answer();
    }
    answer();
  }
  return resultOf(book);
}

test("whenever the service answers, and whatever device comes first, the account is the same", () => {
  fc.assert(
    fc.property(fc.array(ways, { minLength: 1, maxLength: 4 }), (all) => {
      const lives = fleetOf(all);
      const account = played(lives);
      expect(played(lives, true)).toEqual(account);
      expect(played(lives.toReversed(), true)).toEqual(account);
      const { patched, acknowledged, superseded, notEchoed } = account;
      expect(patched).toBe(lives.length * ROUNDS);
      expect(acknowledged + superseded + notEchoed).toBeLessThanOrEqual(patched);
      expect(account.converged + account.stragglers).toBe(lives.length);
    }),
    { numRuns: 30 },
  );
});

test("the accounts of parts of a fleet sum to that of the whole", () => {
  fc.assert(
    fc.property(fc.array(ways, { minLength: 1, maxLength: 30 }), fc.nat(), (all, cut) => {
      const lives = fleetOf(all);
      const at = cut % (lives.length + 1);
      const [some, others] = [lives.slice(0, at), lives.slice(at)];
      expect(mergedTwinActions([[played(some)], [played(others)]])).toEqual([played(lives)]);
    }),
    { numRuns: 30 },
  );
});
