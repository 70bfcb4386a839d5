import { expect, test } from "vitest";

import type { PlannedAction } from "../../../src/plan/planned-action.ts";
import { expectedMs } from "../../../src/plan/planned-action.ts";
import type { TimelineAction } from "../../../src/scenario/timeline-action.ts";

const planned = (
  index: number,
  when: PlannedAction["when"],
  action: TimelineAction,
): PlannedAction => ({
  index,
  at: "1s",
  when,
  repeat: { times: 1, everyMs: 1_000 },
  selection: { ids: [], asked: [] },
  action,
});

const mark = { kind: "mark", text: "now" } as const;

test.for<readonly [TimelineAction, number]>([
  [mark, 0],
  [{ kind: "stop", devices: [], how: "inOrder" }, 0],
  [{ kind: "stop", devices: [], how: "inOrder", forMs: 2_000 }, 2_000],
  [{ kind: "start", devices: [], overMs: 3_000 }, 3_000],
  [{ kind: "churn", devices: [], how: "powerCut", ratePerS: 1, awayMs: 500, forMs: 2_000 }, 2_500],
])("what is due after %o waits as long as that takes", ([action, lastsMs]) => {
  const timeline = [
    planned(0, { from: "connected", delayMs: 10 }, action),
    planned(1, { from: "action", index: 0, delayMs: 5 }, mark),
  ];
  expect(timeline.map((one) => expectedMs(one, timeline, 100))).toEqual([110, 115 + lastsMs]);
});
