import { expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST } from "./scenario-text.ts";

const withFaults = (...faults: string[]): string =>
  SMALLEST.replace('"cave-{n}"', `"cave-{n}", faults: [${faults.join(", ")}]`);

const messagesOf = (text: string): readonly string[] =>
  problemsIn(text).map(({ place, message }) => `${place.replace(/^\S+ /, "")}: ${message}`);

const timeline = (entry: string): readonly string[] =>
  messagesOf(`${SMALLEST}timeline: [${entry}]\n`);

test("schedules are read: by chance, and at ages in ascending order", () => {
  const { fleet } = parseScenario(
    withFaults(
      "{ kind: doorOpen, every: 10m, for: 20s, wide: 3 }",
      "{ kind: jam, at: [2m, 30s], for: 5s }",
      "{ kind: fanFailure, at: 0s }",
      "{ kind: disconnect, every: 1h }",
    ),
    "x.yaml",
  );
  expect(fleet[0]?.faults).toEqual([
    {
      kind: "doorOpen",
      parameters: { wide: 3 },
      times: { by: "chance", everyMs: 600_000, forMs: 20_000 },
    },
    { kind: "jam", parameters: {}, times: { by: "age", atMs: [30_000, 120_000], forMs: 5_000 } },
    { kind: "fanFailure", parameters: {}, times: { by: "age", atMs: [0] } },
    { kind: "disconnect", parameters: {}, times: { by: "chance", everyMs: 3_600_000 } },
  ]);
});

test("everything wrong with schedules and parameters is told at once", () => {
  expect(
    messagesOf(
      withFaults(
        "{ kind: late, every: 10s, for: 20s, by: soon, mesages: 5% }",
        "{ kind: doorOpen, every: 10s }",
        "{ kind: doorOpen, every: 10s, at: 5s, for: 1s }",
        "{ kind: doorOpen }",
        "{ kind: 5, at: 1 }",
        "{ kind: dropout, at: 1s, messages: 0% }",
        "{ kind: disconnect, every: 10s, hard: true }",
        "{ kind: disconnect, every: 10s, devices: '*' }",
      ),
    ).toSorted(),
  ).toEqual([
    'fleet[0].faults[0].by: expected a duration above 0 such as 5s, at most 24h, got "soon"',
    'fleet[0].faults[0].for: expected less than the 10s from begin to begin, got "20s"',
    'fleet[0].faults[0].mesages: unknown key "mesages"; did you mean messages?',
    "fleet[0].faults[1]: expected for: beside every:, got nothing: it would never be over",
    "fleet[0].faults[2].at: expected either every: or at:, got both",
    "fleet[0].faults[3]: expected every: or at:, which say when it begins, got neither",
    "fleet[0].faults[4].at: expected a duration such as 5s, or a list of them",
    "fleet[0].faults[4].kind: expected a kind of fault, got 5",
    'fleet[0].faults[5].messages: expected a share above 0% up to 100%, got "0%"',
    'fleet[0].faults[6].hard: unknown key "hard"; disconnect has no parameters',
    "fleet[0].faults[7].devices: expected none here: all devices of the entry have the fault",
  ]);
});

test("a fault of the timeline has its time from the entry, and names its devices", () => {
  expect(timeline("{ at: 1s, fault: { kind: doorOpen, devices: '*', every: 5s } }")).toEqual([
    "timeline[0].fault.every: expected none here: the entry's own at: says when the fault begins",
  ]);
  expect(timeline("{ at: 1s, fault: { kind: oversizedBody, size: 2MiB } }")).toEqual([
    "timeline[0].fault.devices: expected registration ids, patterns such as cave-*, a share such as 20%, a number of devices such as 5, or a condition such as { hub: my-hub.azure-devices.net }",
    'timeline[0].fault.size: expected a size from 1B to 1MiB, got "2MiB"',
  ]);
});
