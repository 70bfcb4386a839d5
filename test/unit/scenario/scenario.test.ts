import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST, smallest } from "./scenario-text.ts";

const SHIPPED = new URL("../../../scenarios/thirty-caves.yaml", import.meta.url);

describe("a good scenario", () => {
  test("the shipped demo says what its documentation says", () => {
    expect(parseScenario(readFileSync(SHIPPED, "utf8"), "thirty-caves.yaml")).toEqual({
      name: "thirty-caves",
      target: "emulator",
      transport: "mqtt",
      emulator: { retryAfterS: 3 },
      provisioning: {
        idScope: "0ne000CA7E5",
        group: "cheesecave-devices",
        initialTwin: { properties: { desired: { fanstate: "on" } } },
      },
      fleet: [
        {
          model: "cheese-cave",
          count: 30,
          registrationId: "cheesecave-device{n}",
          credentials: { format: "pem" },
          telemetry: { intervalMs: 5_000, jitter: 0.1 },
          settings: { signal: "classic", dialect: "module" },
          faults: [],
        },
      ],
      arrival: { way: "rate", ratePerS: 10 },
      durationMs: 120_000,
      timeScale: 1,
      timeline: [
        {
          at: "12s",
          atMs: 12_000,
          repeat: { times: 1, everyMs: 1_000 },
          action: {
            kind: "twin",
            devices: [{ pick: "cheesecave-device1" }],
            desired: { temperature: 50.123 },
            mode: "merge",
            seen: true,
            timeoutMs: 30_000,
          },
        },
      ],
      alerts: [],
      phases: [],
      thresholds: [
        { expression: "devices_assigned == 100%", place: expect.stringMatching(/yaml:\d+:5 th/) },
        { expression: "registration_ms p(95) < 5s", place: expect.anything() },
        { expression: "telemetry_missing == 0", place: expect.anything() },
      ],
    });
  });

  test("what may be left out has its default", () => {
    expect(smallest()).toEqual({
      name: "small",
      target: "emulator",
      transport: "mqtt",
      emulator: {},
      provisioning: { group: "caves" },
      fleet: [
        {
          model: "cheese-cave",
          count: 2,
          registrationId: "cave-{n}",
          credentials: { format: "pem" },
          telemetry: { intervalMs: 5_000, jitter: 0.1 },
          settings: {},
          faults: [],
        },
      ],
      arrival: {
        way: "rate",
        ratePerS: 10,
        concurrency: undefined,
        dpsLimitPerMinute: undefined,
      },
      durationMs: undefined,
      timeScale: 1,
      timeline: [],
      alerts: [],
      phases: [],
      thresholds: [
        { expression: "devices_assigned == 100%", place: expect.anything() },
        { expression: "telemetry_missing == 0", place: expect.anything() },
      ],
    });
  });

  test("a PFX with a password from the environment, a key kind and several action targets are understood", () => {
    const scenario = parseScenario(
      `name: all
target: azure
emulator: { hubs: [hub-a.azure-devices.net, hub-b.azure-devices.net] }
provisioning:
  idScope: 0ne00001234
  host: my-dps.azure-devices-provisioning.net
  group: caves
  createGroup: false
fleet:
  - model: cheese-cave
    count: 1
    registrationId: cave
    credentials: { format: pfx, password: { env: CAVE_PFX_PASSWORD }, key: rsa2048 }
    telemetry: { interval: 500ms, jitter: 0 }
arrival: { rate: 1000/m, concurrency: 4 }
timeline: [{ at: 0s, twin: { devices: [cave], desired: { a: { b: [1, null] }, gone: null } } }]
thresholds: []
`,
      "all.yaml",
    );
    expect(scenario).toMatchObject({
      target: "azure",
      provisioning: { createGroup: false, host: "my-dps.azure-devices-provisioning.net" },
      fleet: [
        {
          credentials: { format: "pfx", password: { env: "CAVE_PFX_PASSWORD" }, key: "rsa2048" },
          telemetry: { intervalMs: 500, jitter: 0 },
        },
      ],
      arrival: { way: "rate", ratePerS: 1_000 / 60, concurrency: 4 },
      timeline: [{ atMs: 0, action: { devices: [{ pick: "cave" }], desired: { gone: null } } }],
      thresholds: [],
    });
  });
});

describe("a wrong scenario", () => {
  test("every problem is told at once, with line, column, path, expected and got", () => {
    expect(
      problemsIn(`name: broken
targett: emulator
provisioning: { group: caves, idScope: "no scope" }
fleet:
  - model: cheese-cave
    count: -3
    registrationId: cave{n}
    telemetry:
      intervall: 5s
      jitter: 300%
  - model: cheese-cave
    registrationId: other{n}
    count: 2
    telemetry: { interval: 5 }
    credentials: { format: zip }
arrival: { rate: -5/s, stagez: [] }
duration: yes
thresholds:
  - registration_msx p(95) < 5s
`),
    ).toEqual([
      {
        place: "x.yaml:3:31 provisioning.idScope",
        message: 'expected an ID scope such as 0ne000CA7E5, got "no scope"',
      },
      {
        place: "x.yaml:6:5 fleet[0].count",
        message: "expected a whole number of devices, 1 to 1000000, got -3",
      },
      {
        place: "x.yaml:10:7 fleet[0].telemetry.jitter",
        message: 'expected 0% to 100%, got "300%"',
      },
      {
        place: "x.yaml:9:7 fleet[0].telemetry.intervall",
        message: 'unknown key "intervall"',
        hint: "did you mean interval?",
      },
      {
        place: "x.yaml:15:20 fleet[1].credentials.format",
        message: "expected format: pem, pfx or symmetricKey, or from: FILE",
      },
      {
        place: "x.yaml:14:18 fleet[1].telemetry.interval",
        message: "expected a duration above 0 such as 5s, 500ms or 2m, got 5",
      },
      {
        place: "x.yaml:16:12 arrival.rate",
        message: 'expected a rate above 0 such as 10/s or 1000/m, auto, or adaptive, got "-5/s"',
      },
      {
        place: "x.yaml:16:24 arrival.stagez",
        message: 'unknown key "stagez"',
        hint: "did you mean stages?",
      },
      {
        place: "x.yaml:17:1 duration",
        message: 'expected a duration above 0 such as 5s, 500ms or 2m, got "yes"',
      },
      {
        place: "x.yaml:19:5 thresholds[0]",
        message: expect.stringContaining("did you mean registration_ms?"),
      },
      {
        place: "x.yaml:2:1 targett",
        message: 'unknown key "targett"',
        hint: "did you mean target?",
      },
    ]);
  });

  test("what is missing is told at the place around it", () => {
    expect(problemsIn("name: x\nfleet:\n  - count: 1\n")).toEqual([
      { place: "x.yaml:1:1 provisioning", message: "expected a mapping, got nothing" },
      {
        place: "x.yaml:3:5 fleet[0].model",
        message: "expected the name of a device model, got nothing",
      },
      {
        place: "x.yaml:3:5 fleet[0].registrationId",
        message: expect.stringContaining("expected a registration id"),
      },
    ]);
  });

  test.each([
    ["", "got an empty file"],
    ["# only a comment\n", "got an empty file"],
    ["just a text", 'expected a mapping of keys such as name: and fleet:, got "just a text"'],
    ["- a\n- list\n", "got a list"],
    ["name: [unclosed", "not YAML"],
    ["name: a\nname: b\n", "not YAML"],
    ["name: *nowhere\n", "not YAML"],
    ["\u0000\u0001\u0002", "expected a mapping of keys"],
  ])("%j is refused in one clear sentence", (text, expected) => {
    expect(problemsIn(text).map(({ message }) => message)).toEqual([
      expect.stringContaining(expected),
    ]);
  });

  test("braces that YAML takes for its own come with the mend", () => {
    expect(problemsIn("fleet:\n  - { registrationId: cave-{n}, count: 2 }\nname: x\n")).toEqual([
      {
        place: "x.yaml:2:28",
        message: expect.stringContaining("not YAML"),
        hint: 'inside { } quote a text that has braces itself: "cave-{n}"',
      },
    ]);
  });

  test("several devices need a number in their registration id", () => {
    expect(problemsIn(SMALLEST.replace("cave-{n}", "cave"))).toEqual([
      {
        place: "x.yaml:4:37 fleet[0].registrationId",
        message: 'expected {n} in the registration id of 2 devices, got "cave"',
      },
    ]);
  });

  test("a password written into the file is refused and never shown", () => {
    const problems = problemsIn(
      SMALLEST.replace(
        'registrationId: "cave-{n}"',
        'registrationId: "cave-{n}", credentials: { format: pfx, password: hunter2 }',
      ),
    );
    expect(problems).toEqual([
      {
        place: "x.yaml:4:93 fleet[0].credentials.password",
        message: "expected { env: NAME }, { file: PATH } or { keyVault: URI }, got a text",
      },
    ]);
  });

  test("a key of the other credential format suggests the keys of this one", () => {
    const [problem] = problemsIn(
      SMALLEST.replace(
        'registrationId: "cave-{n}"',
        'registrationId: "cave-{n}", credentials: { format: pem, password: { env: A } }',
      ),
    );
    expect(problem?.message).toBe('unknown key "password"');
    expect(problem?.hint).toMatch(/passphrase/);
  });

  test.each(["a.b", "$version", "with space", "tab\t"])(
    "a desired key that the hub refuses (%j) is told before anything is sent",
    (key) => {
      const timeline = `timeline: [{ at: 1s, twin: { devices: cave-1, desired: { ${JSON.stringify(key)}: 1 } } }]\n`;
      expect(problemsIn(SMALLEST + timeline)).toEqual([
        {
          place: "x.yaml:5:47 timeline[0].twin.desired",
          message: expect.stringContaining("expected a twin key without"),
        },
      ]);
    },
  );
});

test("parsing any text gives a scenario or a list of problems, never another error", () => {
  const line = fc.oneof(
    fc.constantFrom(...SMALLEST.split("\n"), "arrival:", "  rate: 5/s", "timeline: [{}]", "&a *a"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const problems = problemsIn(lines.join("\n"));
      expect(problems.every(({ place, message }) => place !== "" && message !== "")).toBe(true);
    }),
    { numRuns: 300 },
  );
});
