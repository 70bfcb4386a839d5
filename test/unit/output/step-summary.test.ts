import { expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { stepSummary } from "../../../src/output/step-summary.ts";
import { deviceRow, LIMITED, refusedRow, runResults } from "../../support/results.ts";

test("a run that passed is its verdict, funnel, thresholds and messages", () => {
  const thresholds = [
    { expression: "devices_assigned == 100%", observed: 100, unit: "%", passed: true },
    { expression: "telemetry_missing == 0", observed: null, unit: "", passed: null },
  ];
  expect(stepSummary(runResults({ thresholds }))).toBe(
    `
## ✅ small: passed

2 devices against emulator, 30.3 s, exit code 0.

| devices | count | share | p95 |
| --- | ---: | ---: | ---: |
| planned | 2 | 100 % |  |
| assigned | 2 | 100 % |  |
| connected | 2 | 100 % |  |
| failed | 0 | 0 % |  |

|  | threshold | observed |
| --- | --- | --- |
| ✅ | devices\\_assigned == 100% | 100 % |
| ➖ | telemetry\\_missing == 0 | cannot be measured in this run |

0 messages sent, 0 acknowledged, 0 failed, 0 open; what was ingested cannot be read.
`,
  );
});

test("a share is 100 % where it is all of them alone", () => {
  const rows = [
    ...Array.from({ length: 1_999 }, (_, index) => deviceRow(`cave-${index}`)),
    refusedRow("cave-2000"),
  ];
  expect(stepSummary(runResults({ rows }))).toContain("| assigned | 1999 | 99.9 % |");
});

test("who was kept out is told by class, what broke the run off above all, and nothing of it is a mark", () => {
  const failure = new FleetError("NOTHING_PROVISIONED", "not *one* device");
  const rows = [refusedRow("cave|1", "<b>401</b>\n| x |")];
  const text = stepSummary(runResults({ rows, verdict: "failed", exitCode: 3, failure }));
  expect(text).toContain("## ❌ small: failed");
  expect(text).toContain("**not \\*one\\* device**\n");
  expect(text).toContain("| unauthorized | 1 | cave\\|1\\: \\<b\\>401\\</b\\> \\| x \\| |");
});

test("a generator that was the limit is told with its mend, and fails with --strict", () => {
  const strict = [{ kind: "generator", text: "worker 0 stood still" }] as const;
  const page = stepSummary(runResults({ generator: LIMITED, strict }));
  expect(page).toContain("❌ `--strict`: **the generator was the limit, not the service");
  expect(page).toContain(
    "- the event loop of worker 0 stood still for 1.5 s at 12.0 s\n- what helps\\: more workers\n",
  );
  expect(page).not.toContain("Failed because of");
  expect(stepSummary(runResults({ generator: LIMITED }))).toContain("⚠️ **the generator was");
  expect(stepSummary(runResults({ generator: { ...LIMITED, limited: false } }))).not.toContain(
    "limit",
  );
});

test("what else fails a run with --strict is listed", () => {
  const strict = [{ kind: "lostFiles", text: "run.ndjson is not whole" }] as const;
  expect(stepSummary(runResults({ strict }))).toContain(
    "Failed because of `--strict`:\n\n- run.ndjson is not whole\n",
  );
});
