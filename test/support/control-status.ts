import type { ControlDone } from "../../src/control/control-answer.ts";
import { NO_DEVICES } from "../../src/metrics/device-row.ts";

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
    devices: { ...NO_DEVICES, waiting: 1 },
  },
};
