import fc from "fast-check";
import { expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { answerLine } from "../../../src/control/answer-line.ts";
import { controlAnswer, requireDone } from "../../../src/control/control-answer.ts";
import type { ControlRequest } from "../../../src/control/control-request.ts";
import { CONTROL_DONE } from "../../support/control-status.ts";

test.for<ControlRequest>([
  { do: "status" },
  { do: "pause" },
  { do: "resume" },
  { do: "rate", arrival: "1000/m" },
  { do: "scale", devices: 0 },
  { do: "rate", telemetry: "2s", devices: [{ model: "conveyor" }, "20% of cave-*"] },
  { do: "act", action: { twin: { devices: "*", desired: { a: [1, null] } } } },
  { do: "stop" },
])("$do is understood as it was sent, and its answer too", async (request) => {
  const asked: ControlRequest[] = [];
  const answer = await answerLine(JSON.stringify(request), (each) => {
    asked.push(each);
    return Promise.resolve(CONTROL_DONE);
  });
  expect(asked).toEqual([request]);
  expect(requireDone(controlAnswer.parse(JSON.parse(JSON.stringify(answer))))).toEqual(
    CONTROL_DONE,
  );
});

test.for<readonly [line: string, place: string, message: RegExp]>([
  ["", "request", /^expected one line of JSON, got ""$/],
  ["GET / HTTP/1.1", "request", /^expected one line of JSON/],
  ["[]", "request", /^expected one of status, pause/],
  ['{"do":"dance"}', "do", /^expected one of status, pause, resume, scale, rate, act, stop$/],
  ['{"do":"pause","now":true}', "request", /"now"/],
  ['{"do":"rate","arrival":"fast"}', "arrival", /^expected a rate from 1\/h to 10000\/s .*"fast"$/],
  ['{"do":"scale","devices":-1}', "devices", /expected number to be >=0/],
  ['{"do":"scale","devices":1.5}', "devices", /expected int/],
  ['{"do":"rate","telemetry":"1ms"}', "telemetry", /^expected an interval from 10ms to 24h/],
  ['{"do":"rate","arrival":"0/s"}', "arrival", /^expected a rate/],
])("%s is refused with its place", async ([line, place, message]) => {
  const answer = await answerLine(line, () => Promise.reject(new Error("nobody is asked")));
  expect(answer).toMatchObject({
    ok: false,
    error: { code: "USAGE", problems: [{ place, message: expect.stringMatching(message) }] },
  });
});

test("any line is answered, and the answer is one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (line) => {
      const answer = await answerLine(line, () => Promise.resolve(CONTROL_DONE));
      expect(controlAnswer.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
    }),
  );
});

test("a refusal comes out as the error that it was", async () => {
  const error = new FleetError("REFUSED", "no", {
    hint: "later",
    problems: [{ place: "a", message: "b" }],
  });
  const answer = await answerLine('{"do":"pause"}', () => Promise.reject(error));
  expect(() => requireDone(answer)).toThrow(error);
});
