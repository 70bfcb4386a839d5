import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runHere } from "../support/cli.ts";
import { workplace } from "../support/program.ts";

/** Takes warmth up to 24. */
const DIAL = `
export const model = {
  name: "dial",
  defaults: { warmth: 20 },
  checkSettings: ({ warmth }) => (warmth <= 24 ? [] : ["warmth: expected 24 at most, got " + warmth]),
  create: () => ({
    step: () => [], desired: () => undefined, methods: {}, snapshot: () => null, restore: () => undefined,
  }),
};
`;

/** What a run tells of a scenario with one entry of ten dials; it has written nothing. */
async function told(entry: string): Promise<{ readonly code: number; readonly lines: string[] }> {
  await using place = await workplace();
  mkdirSync(join(place.dir, "plans"));
  const write = (name: string, text: string): void =>
    writeFileSync(join(place.dir, "plans", name), text);
  write("dial.mjs", DIAL);
  write("dials.csv", "registrationId,warmth\nd1,3\n");
  write(
    "dials.yaml",
    `name: dials
provisioning: { group: g }
fleet:
  - model: ./dial.mjs
    count: 10
    registrationId: "d{n}"
${entry}
`,
  );
  const { exitCode, stderr } = await runHere(place.dir, ["run", "plans/dials.yaml"]);
  expect(readdirSync(place.dir)).toEqual(["plans"]);
  return {
    code: exitCode,
    lines: stderr
      .trim()
      .split("\n")
      .map((line) => line.trim()),
  };
}

test("settings that devices have drawn are judged before anything is sent, with an example", async () => {
  const { code, lines } = await told("    settings: { warmth: { list: [20, 25, 30] } }");
  expect(code).toBe(2);
  expect(lines).toEqual([
    "error: plans/dials.yaml cannot be run as it is [SCENARIO_INVALID]",
    'fleet[0].settings: warmth: expected 24 at most, got 25 ("d2" and 5 more)',
  ]);
});

test("a wrong distribution is told at its place", async () => {
  const { code, lines } = await told("    settings: { warmth: { normal: [20, -1], mni: 3 } }");
  expect(code).toBe(2);
  expect(lines.slice(1)).toEqual([
    "fleet[0].settings.warmth.normal[1]: expected 0 or more, got -1",
    'fleet[0].settings.warmth.mni: unknown key "mni"; did you mean min?',
  ]);
});

test("what models, devices, timeline and alerts have against a scenario is told at once", async () => {
  const { code, lines } = await told(`    settings: { warmth: { list: [20, 25] } }
    faults: [{ kind: stuk, at: 5s }]
  - { model: ./dail.mjs, count: 1, registrationId: odd }
  - { model: ./dial.mjs, count: 1, registrationId: cold, settings: { warmth: { normal: [20, -1] } } }
timeline: [{ at: 1s, twin: { devices: nobody, desired: { warmth: 20 } } }]
alerts: [{ name: hot, when: warmth > 23 }]
thresholds: ["alerts_active{alert:hott} == 0"]`);
  expect(code).toBe(2);
  const places = lines.slice(1).filter((line) => /^(fleet|timeline|plans)/.test(line));
  expect(places.map((line) => line.replace(/: .*$/, ""))).toEqual([
    "fleet[1].model",
    "fleet[2].settings.warmth.normal[1]",
    "timeline[0].twin.devices",
    "fleet[0].faults[0].kind",
    "plans/dials.yaml:13:14 thresholds[0]",
    "fleet[0].settings",
  ]);
});

test("a table is beside the scenario, and has a row for each device", async () => {
  const missing = await told("    settings: { warmth: { column: warmth, file: nowhere.csv } }");
  expect(missing.code).toBe(2);
  expect(missing.lines[1]).toBe(
    "plans/nowhere.csv: expected a table of values, got: there is no such file or folder",
  );
  const short = await told("    settings: { warmth: { column: warmth, file: dials.csv } }");
  expect(short.code).toBe(2);
  expect(short.lines).toContain('dials.csv: expected a row of "d2", got none');
});
