import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { expectRebuilt } from "../support/rebuilt.ts";
import { Program, workplace } from "../support/program.ts";
import { hasXmllint, junitProblems } from "../support/xmllint.ts";

/** Blocks its worker for 1.5 s in its third step, and says so with the one after. */
const MODEL = `
export const model = {
  name: "sleepy",
  defaults: {},
  checkSettings: () => [],
  create: ({ tell }) => {
    let steps = 0;
    return {
      methods: {},
      desired: () => undefined,
      snapshot: () => null,
      restore: () => {},
      step: () => {
        steps += 1;
        if (steps === 3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
        if (steps === 4) tell({ name: "awake", level: "warning", text: "awake again" });
        return [{ body: "{}", properties: {} }];
      },
    };
  },
};
`;

test.each([
  ["is named with worker, time and model, and decides nothing", [], 0],
  ["fails the run with --strict", ["--strict"], 99],
])("a generator that stood still %s", async (_name, flags, exitCode) => {
  await using place = await workplace();
  await place.file("sleepy.mjs", MODEL);
  const scenario = await place.scenario({
    emulator: { retryAfterS: 0 },
    fleet: [
      {
        model: "./sleepy.mjs",
        count: 1,
        registrationId: "sleepy-{n}",
        telemetry: { interval: "100ms" },
      },
    ],
    duration: undefined,
  });
  const args = ["--out", place.out, "--certs", place.certs, ...flags];
  await using program = new Program(["run", scenario, ...args]);
  await program.printed(/awake again/);
  program.signal("SIGINT");
  const ended = await program.ended;

  const { generator, strict, thresholds } = parseSummary(
    JSON.parse(await place.result("summary.json")),
  );
  expect(thresholds.every(({ passed }) => passed === true)).toBe(true);
  expect(ended.exitCode).toBe(exitCode);
  const stall = generator?.reasons.find(({ kind }) => kind === "stall");
  expect(stall?.text).toMatch(
    /^the event loop of worker 0 stood still for \d+\.\d s at \d+\.\d s, in the code of model sleepy$/,
  );
  // It was blocked for 1.5 s, and the look at it was due within 50 ms.
  expect(stall?.value).toBeGreaterThanOrEqual(1_400);
  const junit = await place.result("junit.xml");
  const page = await place.result("report.html");
  for (const result of [ended.stdout, junit, page]) expect(result).toContain(stall?.text);
  expect(junit).toContain(flags.length === 0 ? "<skipped message=" : "<failure type=");
  expect(hasXmllint ? junitProblems(junit) : "").toBe("");
  // A busy machine may be a limit beside it.
  expect(strict?.some(({ text }) => text.startsWith(stall?.text ?? "none"))).toBe(
    flags.length === 0 ? undefined : true,
  );
  await expectRebuilt(place.out);
});
