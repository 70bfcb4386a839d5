import { expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST } from "./scenario-text.ts";

const withTimeline = (...entries: string[]): string =>
  `${SMALLEST}timeline: [${entries.join(", ")}]\n`;

test("services are told to call methods, and to change identities, enrollments, links and certificates", () => {
  const { timeline } = parseScenario(
    withTimeline(
      "{ at: 1s, method: { devices: '*', name: stop } }",
      "{ at: 1s, method: { devices: cave-1, name: set, payload: { to: 5 }, timeout: 5s, expect: 404 } }",
      "{ at: 1s, identity: { devices: cave-1, do: delete } }",
      "{ at: 1s, enrollment: { do: disable } }",
      "{ at: 1s, enrollment: { devices: cave-1, do: enable } }",
      "{ at: 1s, hub: { host: my-hub.azure-devices.net, do: unlink } }",
      "{ at: 1s, renew: { devices: 20% } }",
    ),
    "x.yaml",
  );
  const all = [{ pick: "*" }];
  const one = [{ pick: "cave-1" }];
  expect(timeline.map(({ action }) => action)).toEqual([
    { kind: "method", devices: all, name: "stop", payload: null, timeoutS: 30 },
    { kind: "method", devices: one, name: "set", payload: { to: 5 }, timeoutS: 5, expect: 404 },
    { kind: "identity", devices: one, does: "delete" },
    { kind: "enrollment", does: "disable" },
    { kind: "enrollment", devices: one, does: "enable" },
    { kind: "hub", host: "my-hub.azure-devices.net", does: "unlink" },
    { kind: "renew", devices: [{ pick: "20%" }] },
  ]);
});

test("everything wrong with them is told at once", () => {
  const problems = problemsIn(
    withTimeline(
      "{ at: 1s, method: { name: '', timeout: 4s, expect: ok } }",
      "{ at: 1s, identity: { devices: '*', do: remove } }",
      "{ at: 1s, hub: { host: 'a b', do: link, devices: '*' } }",
    ),
  ).map(({ place, message }) => `${place.replace(/^\S+ /, "")}: ${message}`);
  expect(problems).toEqual([
    expect.stringContaining("timeline[0].method.devices: expected registration ids"),
    'timeline[0].method.name: expected the name of a method, up to 128 characters, got ""',
    'timeline[0].method.timeout: expected a duration of whole seconds from 5s to 5m, got "4s"',
    "timeline[0].method.expect: expected a whole number, the status that devices answer with",
    expect.stringContaining("timeline[1].identity.do: expected "),
    'timeline[2].hub.host: expected a host name, got "a b"',
    'timeline[2].hub.devices: unknown key "devices"',
  ]);
});
