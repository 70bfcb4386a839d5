import { expect, test } from "vitest";

import { deferred } from "../../../../src/base/deferred.ts";
import { FleetError } from "../../../../src/base/errors.ts";
import type { ActionTime, PlannedAction } from "../../../../src/plan/planned-action.ts";
import type { ActionDoer } from "../../../../src/run/timeline/action-doer.ts";
import { Timeline } from "../../../../src/run/timeline/timeline.ts";

const start = (delayMs: number): ActionTime => ({ from: "start", delayMs });

function twin(index: number, when: ActionTime, more: Partial<PlannedAction> = {}): PlannedAction {
  const { ids } = more.selection ?? { ids: ["a"] };
  return {
    index,
    at: `${when.delayMs}ms`,
    when,
    repeat: { times: 1, everyMs: 1 },
    selection: { ids, asked: [] },
    action: {
      kind: "twin",
      devices: [],
      desired: { temperature: 1 },
      mode: "merge",
      seen: false,
      timeoutMs: 1_000,
    },
    ...more,
  };
}

const of = (...ids: string[]): Pick<PlannedAction, "selection"> => ({
  selection: { ids, asked: [] },
});

/** A timeline whose events are kept; `told(n)` is there once n of them were told. */
function timeline(actions: readonly PlannedAction[], doer: ActionDoer) {
  const events: string[] = [];
  const waiting: { readonly count: number; readonly reached: ReturnType<typeof deferred<void>> }[] =
    [];
  const made = new Timeline({
    actions,
    doers: {
      message: doer,
      twin: doer,
      fault: doer,
      serviceFault: doer,
      endFault: doer,
      stop: doer,
      start: doer,
      churn: doer,
      method: doer,
      identity: doer,
      enrollment: doer,
      hub: doer,
      renew: doer,
      mark: doer,
    },
    select: ({ ids }) => Promise.resolve(ids),
    clock: () => 0,
    emit: ({ action, state, round, selected, done, failed, error }) => {
      const counts = `${selected}/${done}/${failed}`;
      const why = error === undefined ? "" : ` ${error}`;
      events.push(`${action} ${state} ${round} ${counts}${why}`);
      for (const { count, reached } of waiting) if (events.length >= count) reached.resolve();
    },
  });
  const told = async (count: number): Promise<readonly string[]> => {
    const reached = deferred<void>();
    waiting.push({ count, reached });
    if (events.length >= count) reached.resolve();
    await reached.promise;
    return events;
  };
  return { made, events, told };
}

const allDone: ActionDoer = ({ devices }) => Promise.resolve({ done: devices.length, errors: [] });

test("an action that is due is done to its devices, as often as it says", async () => {
  const rounds: string[] = [];
  const action = twin(0, start(0), { ...of("a", "b"), repeat: { times: 2, everyMs: 1 } });
  const { made, told } = timeline([action], (round) => {
    rounds.push(`${round.round}: ${round.devices.join(" ")} due ${round.dueMs}`);
    return allDone(round);
  });
  made.start();
  expect(await told(4)).toEqual([
    "0 begun 1 2/0/0",
    "0 ended 1 2/2/0",
    "0 begun 2 2/0/0",
    "0 ended 2 2/2/0",
  ]);
  expect(rounds).toEqual(["1: a b due 0", "2: a b due 1"]);
  await made.stop();
});

test("an action after the end is not due and does nothing", async () => {
  const { made, events } = timeline([twin(0, start(60_000))], () =>
    Promise.reject(new Error("called")),
  );
  made.start();
  await made.stop();
  await made.stop();
  expect(events).toEqual(["0 notDue 0 0/0/0"]);
});

test("an action for other parts of the fleet is not told here, and others wait for its time all the same", async () => {
  const { made, told } = timeline(
    [
      twin(0, start(0), of()),
      twin(1, { from: "action", index: 0, delayMs: 0 }),
      twin(2, start(60_000), of()),
    ],
    allDone,
  );
  made.start();
  await told(2);
  await made.stop();
  expect(await told(2)).toEqual(["1 begun 1 1/0/0", "1 ended 1 1/1/0"]);
});

test("an action waits for the end of another one, or for all to be connected", async () => {
  const going = deferred<void>();
  const { made, events, told } = timeline(
    [
      twin(0, { from: "connected", delayMs: 0 }),
      twin(1, { from: "action", index: 0, delayMs: 0 }),
      twin(2, { from: "action", index: 1, delayMs: 60_000 }),
    ],
    async (round) => {
      if (round.planned.index === 0) await going.promise;
      return allDone(round);
    },
  );
  made.start();
  expect(made.awaitsConnected).toBe(true);
  expect(events).toEqual([]);
  made.allConnected();
  expect(made.awaitsConnected).toBe(false);
  expect(await told(1)).toEqual(["0 begun 1 1/0/0"]);
  going.resolve();
  await told(4);
  await made.stop();
  expect(events.slice(1)).toEqual([
    "0 ended 1 1/1/0",
    "1 begun 1 1/0/0",
    "1 ended 1 1/1/0",
    "2 notDue 0 0/0/0",
  ]);
});

test("what fails is told, whole or in part, and what waits for it comes all the same", async () => {
  const { made, told } = timeline(
    [
      twin(0, start(0), of("a", "b")),
      twin(1, { from: "action", index: 0, delayMs: 0 }, of("a", "b")),
    ],
    ({ planned }) =>
      planned.index === 0
        ? Promise.reject(new FleetError("REFUSED", "no hub is open"))
        : Promise.resolve({ done: 1, errors: ["no such device"] }),
  );
  made.start();
  expect(await told(4)).toEqual([
    "0 begun 1 2/0/0",
    "0 ended 1 2/0/2 no hub is open",
    "1 begun 1 2/0/0",
    "1 ended 1 2/1/1 no such device",
  ]);
  await made.stop();
});

test("many calls at once listen to the run's end without a warning", async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", note);
  const { made, told } = timeline([twin(0, start(0))], ({ signal }) => {
    for (let call = 0; call < 50; call += 1) signal.addEventListener("abort", () => undefined);
    return Promise.resolve({ done: 1, errors: [] });
  });
  made.start();
  await told(2);
  // Node tells warnings in a later turn.
  await new Promise((resolve) => setImmediate(resolve));
  await made.stop();
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
