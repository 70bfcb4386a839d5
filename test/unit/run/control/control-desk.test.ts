import { expect, test } from "vitest";

import { FleetError } from "../../../../src/base/errors.ts";
import type { FleetStatus } from "../../../../src/control/control-answer.ts";
import type { ControlRequest } from "../../../../src/control/control-request.ts";
import { controlText } from "../../../../src/output/control-text.ts";
import type { ControlEvent } from "../../../../src/output/output.ts";
import type { SteeredArrival } from "../../../../src/run/arrival/steered-arrival.ts";
import { ControlDesk } from "../../../../src/run/control/control-desk.ts";

/** A run of ten devices, and what was done to it. */
function steered(
  phase: FleetStatus["phase"] = "running",
  state = { started: 3, total: 10, isPaused: false, ratePerS: null as number | null },
) {
  const done: string[] = [];
  const events: ControlEvent[] = [];
  const arrival: SteeredArrival = {
    get state() {
      return state;
    },
    pause: () => {
      state = { ...state, isPaused: true };
    },
    resume: () => {
      state = { ...state, isPaused: false };
    },
    setRate: (ratePerS) => {
      state = { ...state, ratePerS };
    },
    observe: () => {},
    stop: () => {},
  };
  const run = {
    get status(): FleetStatus {
      return {
        runId: "r",
        scenario: "s",
        dir: "/runs/r",
        phase: done.includes("finish") ? "ending" : phase,
        t: 1_234.56,
        durationMs: null,
        arrival: state,
        devices: {
          waiting: 7,
          registering: 3,
          assigned: 0,
          connecting: 0,
          streaming: 0,
          reconnecting: 0,
          failed: 0,
          stopped: 0,
        },
      };
    },
    arrival: phase === "settingUp" ? undefined : arrival,
    finish: () => done.push("finish"),
  };
  const desk = new ControlDesk(run, (event) => events.push(event));
  return { ask: (request: ControlRequest) => desk.ask(request, "ctl"), events, done };
}

test("each request is done once, answers with the fleet after it, and is told", async () => {
  const { ask, events, done } = steered();
  const requests: readonly ControlRequest[] = [
    { do: "status" },
    { do: "pause" },
    { do: "pause" },
    { do: "rate", arrival: "20/s" },
    { do: "rate", arrival: "1200/m" },
    { do: "resume" },
    { do: "resume" },
    { do: "stop" },
    { do: "stop" },
  ];
  const answers: (readonly [boolean, boolean | undefined, number | null | undefined])[] = [];
  for (const request of requests) {
    const { changed, status } = await ask(request);
    answers.push([changed, status.arrival?.isPaused, status.arrival?.ratePerS]);
  }
  expect(answers).toEqual([
    [false, false, null],
    [true, true, null],
    [false, true, null],
    [true, true, 20],
    [false, true, 20],
    [true, false, 20],
    [false, false, 20],
    [true, false, 20],
    [false, false, 20],
  ]);
  expect(done).toEqual(["finish"]);
  expect(events.map(({ request, outcome }) => `${controlText(request)} ${outcome}`)).toEqual([
    "pause done",
    "pause unchanged",
    "rate --arrival 20/s done",
    "rate --arrival 1200/m unchanged",
    "resume done",
    "resume unchanged",
    "stop done",
    "stop unchanged",
  ]);
  expect(events[0]).toEqual({
    type: "control",
    t: 1_235,
    by: "ctl",
    request: { do: "pause" },
    outcome: "done",
  });
});

test.for<readonly [what: string, FleetStatus["phase"], started: number, told: string]>([
  ["while it is set up", "settingUp", 0, "no device may start yet"],
  ["when it is ending", "ending", 3, "the run is ending"],
  ["when all devices have been started", "running", 10, "all 10 devices have been started already"],
])("%s the arrival is not steered, and that is told", async ([, phase, started, told]) => {
  const { ask, events } = steered(phase, { started, total: 10, isPaused: false, ratePerS: null });
  const requests: readonly ControlRequest[] = [
    { do: "pause" },
    { do: "resume" },
    { do: "rate", arrival: "1/s" },
  ];
  for (const request of requests) {
    const error = await ask(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FleetError);
    expect(error).toMatchObject({ code: "REFUSED", message: expect.stringContaining(told) });
  }
  expect(events.map(({ outcome }) => outcome)).toEqual(["refused", "refused", "refused"]);
});
