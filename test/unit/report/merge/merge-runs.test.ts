import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import { FleetError } from "../../../../src/base/errors.ts";
import type { Summary } from "../../../../src/output/summary.ts";
import { makePlan } from "../../../../src/plan/make-plan.ts";
import type { Plan } from "../../../../src/plan/plan.ts";
import type { MergedRuns } from "../../../../src/report/merge/merge-runs.ts";
import { mergeRuns } from "../../../../src/report/merge/merge-runs.ts";
import { parseScenario } from "../../../../src/scenario/scenario.ts";
import { temporaryDir } from "../../../support/pki.ts";
import { eventsOf, expectRebuilt } from "../../../support/rebuilt.ts";
import type { Recording } from "../../../support/recorded-fleet.ts";
import { recordFleet } from "../../../support/recorded-fleet.ts";

const SCENARIO = `name: mixed
provisioning: { group: all }
fleet:
  - { model: cheese-cave, count: CAVES, registrationId: "cave-{n}" }
  - { model: conveyor, count: 9, registrationId: "belt-{n}" }
arrival: { rate: 10/s }
duration: 9s
timeline:
  - { at: 4s, twin: { devices: "40%", desired: { on: true } } }
  - { at: 5s, twin: { devices: belt-3, desired: { speed: 2 } } }
thresholds: [devices_assigned >= 50%, telemetry_missing < 50%, "registration_ms{model:conveyor} p(95) < 1m"]
`;

const planOf = (caves: number, seed = 1): Plan =>
  makePlan(parseScenario(SCENARIO.replace("CAVES", String(caves)), "mixed.yaml"), { seed });

/** Records the parts of a plan in folders of their own, and merges them. */
async function mergeParts(
  dir: string,
  plan: Plan,
  recordings: readonly Recording[],
  partial = false,
): Promise<MergedRuns> {
  const dirs = recordings.map((_, at) => ({ dir: join(dir, `part-${at}`), shown: `part-${at}` }));
  for (const [at, recording] of recordings.entries()) {
    await recordFleet(join(dir, `part-${at}`), plan, recording);
  }
  return mergeRuns(dirs, { partial, outDir: () => join(dir, "whole") });
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const parts = (of: number): Recording[] =>
  Array.from({ length: of }, (_, at) => ({ shard: { index: at + 1, of } }));

/** What a run of the whole and merged parts have in common: everything but how many processes it took. */
function comparable({ run, workers: _workers, resources: _resources, ...summary }: Summary) {
  return { ...summary, run: { ...run, merged: null } };
}

test("merged parts are what one run of the plan is: devices, counts, percentiles, ledger, verdict, to the last digit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(1, 2, 4),
      fc.nat({ max: 1_000 }),
      async (caves, of, workers, seed) => {
        using dir = temporaryDir();
        const plan = planOf(caves, seed);
        const alone = await recordFleet(join(dir.path, "alone"), plan, { workers });
        const merged = await mergeParts(dir.path, plan, parts(of).toReversed());
        expect(comparable(merged.results.summary)).toEqual(comparable(alone.summary));
        const { merged: told, shard } = merged.results.summary.run;
        expect({ told, shard }).toEqual({
          told: { parts: Array.from({ length: of }, (_, at) => at + 1), of },
          shard: null,
        });
        expect(merged.results.exitCode).toBe(alone.exitCode);
        const known = ({ rows }: typeof alone): unknown[] =>
          rows.map((row) => ({ ...row, worker: 0, ackedSeqs: [], failedSeqs: [] }));
        expect(known(merged.results)).toEqual(known(alone));
      },
    ),
    { numRuns: 8 },
  );
});

test("results of 1, 2 and 4 workers are the same, percentiles too", async () => {
  using dir = temporaryDir();
  const plan = planOf(30);
  const summaries: unknown[] = [];
  for (const workers of [1, 2, 4]) {
    const { summary } = await recordFleet(join(dir.path, String(workers)), plan, { workers });
    summaries.push(comparable(summary));
  }
  expect(summaries[1]).toEqual(summaries[0]);
  expect(summaries[2]).toEqual(summaries[0]);
});

test("the merged record is one of a run: report makes the same of it, and its time does not go back far", async () => {
  using dir = temporaryDir();
  const { outDir, results } = await mergeParts(dir.path, planOf(12), [
    { shard: { index: 1, of: 2 }, workers: 2 },
    { shard: { index: 2, of: 2 } },
  ]);
  await expectRebuilt(outDir);
  const events = await allOf(eventsOf(outDir));
  const types = events.map(({ type }) => type);
  expect(types.slice(0, 5)).toEqual(["plan", "configuration", "fleet", "enrollment", "begin"]);
  expect(types.slice(-4)).toEqual(["devices", "ledger", "end", "summary"]);
  for (const once of [
    "plan",
    "configuration",
    "fleet",
    "enrollment",
    "begin",
    "ledger",
    "end",
    "summary",
  ]) {
    expect(types.filter((type) => type === once)).toHaveLength(1);
  }
  expect(events.at(-1)).toMatchObject({ summary: { verdict: results.summary.verdict } });
  const workers = events.flatMap((event) =>
    event.type === "devices" ? event.rows.map(({ worker }) => worker) : [],
  );
  expect(new Set(workers)).toEqual(new Set([0, 1, 2]));
});

test("times count from the time 0 of the part that began first", async () => {
  using dir = temporaryDir();
  const { outDir, results } = await mergeParts(dir.path, planOf(12), [
    { shard: { index: 1, of: 2 }, begin: "2026-11-22T20:00:02.500Z" },
    { shard: { index: 2, of: 2 }, begin: "2026-11-22T20:00:00.000Z" },
  ]);
  expect(results.summary.run).toMatchObject({
    startedAt: "2026-11-22T19:59:55.000Z",
    durationS: 11.5,
  });
  const events = await allOf(eventsOf(outDir));
  const begins = events.filter(({ type }) => type === "begin");
  expect(begins).toEqual([{ type: "begin", t: 0, at: "2026-11-22T20:00:00.000Z" }]);
  const snapshots = events.flatMap(({ type, t }) => (type === "snapshot" ? [t] : []));
  expect(snapshots.at(-1)).toBe(11_500);
});

async function problemsOf(
  dir: string,
  plan: Plan,
  recordings: readonly Recording[],
  partial = false,
): Promise<readonly string[]> {
  const error: unknown = await mergeParts(dir, plan, recordings, partial).catch(
    (caught: unknown) => caught,
  );
  if (!(error instanceof FleetError)) throw new Error("expected a refusal", { cause: error });
  expect(error.code).toBe("FILE_INVALID");
  for (const { hint } of error.problems) expect(hint).toBeDefined();
  return error.problems.map(({ place, message }) => `${place}: ${message}`);
}

test.each<readonly [string, readonly Recording[], readonly RegExp[]]>([
  ["a whole run", [{}], [/^part-0: expected a part of a plan, got a whole run$/]],
  [
    "a part twice",
    [...parts(2), { shard: { index: 2, of: 2 } }],
    [/^part-2: expected each part once, got 2\/2 again, as in part-1$/],
  ],
  [
    "missing parts",
    [{ shard: { index: 2, of: 4 } }, { shard: { index: 3, of: 4 } }],
    [/^DIR: expected all 4 parts, got no 1\/4, 4\/4$/],
  ],
  [
    "other versions and numbers of parts",
    [
      { shard: { index: 1, of: 2 } },
      { shard: { index: 2, of: 2 }, version: "9.9.9" },
      { shard: { index: 2, of: 3 } },
    ],
    [
      /^part-1: expected version 0\.0\.0, as in part-0, got 9\.9\.9$/,
      /^part-2: expected one of 2 parts, as in part-0, got 2\/3$/,
    ],
  ],
])(
  "%s: refused, with every place and what to do, and nothing is written",
  async (_, given, expected) => {
    using dir = temporaryDir();
    const problems = await problemsOf(dir.path, planOf(3), given);
    expect(problems).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
    await expect(readFile(join(dir.path, "whole", "run.ndjson"))).rejects.toThrow("ENOENT");
  },
);

test("parts of different plans are refused", async () => {
  using dir = temporaryDir();
  const [one, other] = [planOf(3, 1), planOf(3, 2)];
  await recordFleet(join(dir.path, "other"), other, { shard: { index: 2, of: 2 } });
  await recordFleet(join(dir.path, "one"), one, { shard: { index: 1, of: 2 } });
  const dirs = ["one", "other"].map((shown) => ({ dir: join(dir.path, shown), shown }));
  const error: unknown = await mergeRuns(dirs, {
    partial: true,
    outDir: () => join(dir.path, "whole"),
  }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    problems: [{ place: "other", message: expect.stringMatching(/^expected a part of the plan/) }],
  });
});

test("with --partial the parts that are there are judged, and the summary says which they are", async () => {
  using dir = temporaryDir();
  const { results } = await mergeParts(
    dir.path,
    planOf(12),
    [{ shard: { index: 3, of: 3 } }, { shard: { index: 1, of: 3 } }],
    true,
  );
  expect(results.summary.run.merged).toEqual({ parts: [1, 3], of: 3 });
  expect(results.summary.devices.planned).toBe(14);
});

test.each([
  ["a part that was interrupted", { end: { interrupted: true } }, 130, null],
  [
    "a part that reached nothing",
    { end: { failure: new FleetError("UNREACHABLE", "no answer", { hint: "ask" }) } },
    3,
    "part 2/2: no answer",
  ],
  [
    "a part that a threshold ended",
    { end: { aborted: { expression: "telemetry_missing < 50%", t: 3_000, observed: 60 } } },
    99,
    null,
  ],
  [
    "a part that lost its workers",
    { end: { failure: new FleetError("WORKER_LOST", "gone") } },
    4,
    "part 2/2: gone",
  ],
] as const)("%s decides over the whole", async (_, recording, exitCode, message) => {
  using dir = temporaryDir();
  const { results } = await mergeParts(dir.path, planOf(6), [
    { shard: { index: 1, of: 2 } },
    { shard: { index: 2, of: 2 }, ...recording },
  ]);
  expect(results.exitCode).toBe(exitCode);
  expect(results.failure?.message ?? null).toBe(message);
});

test("a threshold is judged over the whole, whatever it was in a part", async () => {
  using dir = temporaryDir();
  const plan = { ...planOf(30), thresholds: ["telemetry_sent count > 120"] };
  const whole = await recordFleet(join(dir.path, "alone"), plan);
  const part = await recordFleet(join(dir.path, "one"), plan, { shard: { index: 1, of: 2 } });
  const merged = await mergeParts(dir.path, plan, parts(2));
  expect([whole.exitCode, part.exitCode, merged.results.exitCode]).toEqual([0, 99, 0]);
});

test("a part that could not read what was ingested, or was killed, leaves the whole without a ledger", async () => {
  using dir = temporaryDir();
  const { results } = await mergeParts(dir.path, planOf(6), [
    { shard: { index: 1, of: 2 } },
    { shard: { index: 2, of: 2 }, ledger: false },
  ]);
  expect(results.summary.ledger).toBeNull();
});

test("a record that was cut short is merged as far as it goes, and the whole counts as interrupted", async () => {
  using dir = temporaryDir();
  const plan = planOf(6);
  const dirs = ["a", "b"].map((shown) => ({ dir: join(dir.path, shown), shown }));
  await recordFleet(join(dir.path, "a"), plan, { shard: { index: 1, of: 2 } });
  await recordFleet(join(dir.path, "b"), plan, { shard: { index: 2, of: 2 } });
  const file = join(dir.path, "b", "run.ndjson");
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  await writeFile(file, `${lines.slice(0, -5).join("\n")}\n{"type":"led`);
  const { results, parts: read } = await mergeRuns(dirs, {
    partial: false,
    outDir: () => join(dir.path, "whole"),
  });
  expect(read.map(({ isWhole }) => isWhole)).toEqual([true, false]);
  expect(results.exitCode).toBe(130);
  expect(results.summary.devices.planned).toBe(15);
});
