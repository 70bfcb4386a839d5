import { afterAll, beforeAll, expect, test } from "vitest";
import { FAULT_NAMES } from "../../src/base/fault-kinds.ts";
import { manage } from "./emulator-management.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest({ clock: () => Date.UTC(2026, 0, 1) });
});
afterAll(() => world.emulator.stop());

const FAULTS = "/emulator/faults";

test("a fault is put on, listed, and ended by its id or with all others", async () => {
  const scope = { service: HUB.toUpperCase(), devices: ["cave-*"], share: 0.5 };
  const body = { kind: "throttled", scope, delayMs: 1000, durationMs: 5000, times: 3 };
  const put = await manage(world, "POST", FAULTS, { body });
  const waiting = {
    id: "1",
    kind: "throttled",
    layer: "service",
    state: "waiting",
    parameters: { retryAfterS: 10 },
    scope: { service: HUB, devices: ["cave-*"], share: 0.5 },
    seed: 1,
    beginsAt: "2026-01-01T00:00:01.000Z",
    endsAt: "2026-01-01T00:00:06.000Z",
    times: 3,
    struck: 0,
  };
  expect(put).toEqual({ status: 201, body: waiting });
  const second = await manage(world, "POST", FAULTS, { body: { kind: "throttled" } });
  expect(second.body).toMatchObject({ id: "2", state: "active", scope: {} });
  expect((await manage(world, "GET", FAULTS)).body).toEqual({ faults: [waiting, second.body] });
  expect(await manage(world, "DELETE", `${FAULTS}/1`)).toEqual({ status: 200, body: waiting });
  expect((await manage(world, "DELETE", `${FAULTS}/1`)).status).toBe(404);
  expect(await manage(world, "DELETE", FAULTS)).toMatchObject({
    status: 200,
    body: { faults: [{ id: "2" }] },
  });
  expect(world.emulator.faults.list()).toEqual([]);
});

test("the catalogue is told with every kind", async () => {
  const { status, body } = await manage(world, "GET", `${FAULTS}/kinds`);
  expect(status).toBe(200);
  const { kinds }: { kinds: { kind: string }[] } = Object(body);
  expect(kinds.map(({ kind }) => kind)).toEqual(FAULT_NAMES);
});

test.for([
  ["GET", FAULTS],
  ["POST", FAULTS],
  ["DELETE", FAULTS],
  ["DELETE", `${FAULTS}/1`],
  ["GET", `${FAULTS}/kinds`],
] as const)("%s %s needs the admin token, which is asked for first", async ([method, path]) => {
  for (const token of [null, "wrong"]) {
    const answer = await manage(world, method, path, { token, body: "{" });
    expect(answer.status).toBe(401);
  }
});

test.for([
  ["{", ["JSON"]],
  [[], ["kind: expected a kind of fault, got nothing"]],
  [{ kind: "throttle", times: 0 }, ["did you mean throttled?", "times: expected a whole number"]],
  [
    {
      kind: "throttled",
      parameters: { retryAfterS: -1, retry: 1 },
      scope: { service: "other", devices: [], share: 2, operations: ["sendTelemetri"], dps: true },
      seed: 0.5,
      delayMs: -1,
      durationMs: "5s",
      times: 0,
      duration: 1,
    },
    [
      "parameters.retryAfterS: expected a whole number from 0 to 3600, got -1",
      'parameters.retry: unknown key "retry"',
      `scope.service: expected one of dps, ${HUB}, got "other"`,
      "scope.devices: ",
      "scope.share: expected a number from 0 to 1, got 2",
      "scope.operations[0]: expected an operation, perhaps sendTelemetry",
      'scope.dps: unknown key "dps"',
      "seed: expected a whole number",
      "delayMs: expected a number",
      'durationMs: expected a number from 1 to 604800000, got "5s"',
      "times: expected a whole number from 1",
      'duration: unknown key "duration" (did you mean durationMs?)',
    ],
  ],
  [
    { kind: "throttled", scope: { service: "dps", operations: ["sendTelemetry", "readTwin"] } },
    ["scope.operations: sendTelemetry, readTwin: not asked of dps"],
  ],
  [
    { kind: "quotaExceeded", scope: { operations: ["registerDevice"] } },
    ["scope.operations: registerDevice: not asked of hubs"],
  ],
] as const)("what is wrong is refused with all problems: %j", async ([body, told]) => {
  const answer = await manage(world, "POST", FAULTS, { body });
  expect(answer.status).toBe(400);
  for (const part of told)
    expect(JSON.stringify(answer.body)).toContain(JSON.stringify(part).slice(1, -1));
  expect(world.emulator.faults.list()).toEqual([]);
});

test("a program without types is told all problems too", () => {
  const wrong: unknown = { kind: "throttled", times: 0, seed: -1 };
  // oxlint-disable-next-line no-unsafe-type-assertion -- what a program without types may give
  const inject = () => world.emulator.faults.inject(wrong as { kind: "throttled" });
  expect(inject).toThrow(
    expect.objectContaining({
      code: "USAGE",
      problems: [
        expect.objectContaining({ place: "seed" }),
        expect.objectContaining({ place: "times" }),
      ],
    }),
  );
});
