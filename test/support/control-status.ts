import type { ControlDone } from "../../src/control/control-answer.ts";

/** What a run with one device answers that does what it is asked. */
export const CONTROL_DONE: ControlDone = {
  ok: true,
  changed: true,
  status: {
    runId: "r",
    scenario: "s",
    dir: "/runs/r",
    phase: "running",
    t: 1,
    durationMs: null,
    arrival: null,
    scale: null,
    devices: {
      waiting: 1,
      registering: 0,
      assigned: 0,
      connecting: 0,
      streaming: 0,
      reconnecting: 0,
      failed: 0,
      stopped: 0,
    },
  },
};
