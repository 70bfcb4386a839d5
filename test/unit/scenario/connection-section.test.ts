import { expect, test } from "vitest";
import { CONNECTION_RULES } from "../../../src/base/connection-rules.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { applyOverrides } from "../../../src/scenario/overrides.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, smallest } from "./scenario-text.ts";

const scenario = (connection: string, own = ""): string => `
name: s
provisioning: { group: g }
${connection}
fleet:
  - { model: cheese-cave, count: 1, registrationId: "a-{n}" }
  - { model: cheese-cave, count: 1, registrationId: "b-{n}"${own} }
`;
const rulesOf = (text: string) =>
  makePlan(parseScenario(text, "s.yaml"), { seed: 1 }).devices.map(({ connection }) => connection);

test("a scenario that says nothing leaves devices as shipped, and their attempts without a limit", () => {
  const plan = makePlan(smallest(), { seed: 1 });
  expect(plan.devices[0]).not.toHaveProperty("connection");
  expect(plan).not.toHaveProperty("attemptsPerS");
  expect(rulesOf(scenario("connection: { attempts: 50/s }"))).toEqual([undefined, undefined]);
});

test("what an entry says beats what the scenario says, member by member", () => {
  const general = "connection: { retry: { first: 2s, max: 30s }, reprovisionAfter: 5m }";
  const own = ", connection: { retry: { max: 10s, jitter: none }, readTwin: first }";
  const ofAll = {
    ...CONNECTION_RULES,
    retryFirstMs: 2_000,
    retryMaxMs: 30_000,
    reprovisionAfterMs: 300_000,
  };
  expect(rulesOf(scenario(general, own))).toEqual([
    ofAll,
    { ...ofAll, retryMaxMs: 10_000, retryJitter: "none", readTwin: "first" },
  ]);
  expect(rulesOf(scenario("", own))).toEqual([
    undefined,
    { ...CONNECTION_RULES, retryMaxMs: 10_000, retryJitter: "none", readTwin: "first" },
  ]);
});

test("the limit on attempts belongs to the whole fleet", () => {
  const plan = makePlan(parseScenario(scenario("connection: { attempts: 1200/m }"), "s"), {
    seed: 1,
  });
  expect(plan.attemptsPerS).toBe(20);
  expect(problemsIn(scenario("", ", connection: { attempts: 50/s }"))).toEqual([
    expect.objectContaining({ message: expect.stringContaining('unknown key "attempts"') }),
  ]);
});

test("--connection-limit takes the place of the scenario's limit", () => {
  const limited = parseScenario(scenario("connection: { attempts: 50/s }"), "s.yaml");
  expect(applyOverrides(limited, { connectionLimit: "90/m" }).attemptsPerS).toBe(1.5);
  expect(applyOverrides(limited, {}).attemptsPerS).toBe(50);
  expect(() => applyOverrides(limited, { connectionLimit: "0/s" })).toThrow(
    expect.objectContaining({
      problems: [expect.objectContaining({ place: "--connection-limit" })],
    }),
  );
});

test.for<readonly [what: string, connection: string, told: string]>([
  [
    "no rate",
    "{ attempts: 50 }",
    "expected a rate above 0, of at most 10000/s, such as 50/s or 1000/m, got 50",
  ],
  ["a limit of 0", "{ attempts: 0/s }", "such as 50/s or 1000/m"],
  ["a wait of 0", "{ retry: { first: 0s } }", "expected a duration above 0"],
  ["another jitter", "{ retry: { jitter: half } }", 'expected one of full, none, got "half"'],
  ["another reading", "{ readTwin: never }", 'expected one of always, first, got "never"'],
  [
    "a bound below the first wait",
    "{ retry: { first: 10s, max: 5s } }",
    'expected at least first, which is 10s, got "5s"',
  ],
  [
    "a first wait above the shipped bound",
    "{ retry: { first: 2m } }",
    'expected at most max, which is 1m, got "2m"',
  ],
  ["a key that there is not", "{ retries: { first: 1s } }", 'unknown key "retries"'],
])("%s is told with its place", ([, connection, told]) => {
  const problems = problemsIn(scenario(`connection: ${connection}`));
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toContain(told);
  expect(problems[0]?.place).toContain("connection");
});

test("a bound of an entry is held against the first wait that is said for all", () => {
  const problems = problemsIn(
    scenario("connection: { retry: { first: 10s } }", ", connection: { retry: { max: 5s } }"),
  );
  expect(problems).toEqual([
    expect.objectContaining({
      place: expect.stringContaining("fleet[1].connection.retry.max"),
      message: 'expected at least first, which is 10s, got "5s"',
    }),
  ]);
});
