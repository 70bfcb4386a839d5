import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

const SCENARIO = fileURLToPath(new URL("../../scenarios/twin-propagation.yaml", import.meta.url));
const SIZES = [1, 10, 100, 1_000];

test("a change at 1, 10, 100 and 1,000 devices reaches them all, and nobody else", async () => {
  await using place = await workplace();
  const where = [`--out=${place.out}`, `--certs=${place.certs}`, "--duration=75s"];
  await using program = new Program(["run", SCENARIO, ...where]);
  expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
  const summary = await checkedSummary(place);
  expect(summary.twin.actions).toMatchObject(
    SIZES.map((size) => ({
      selected: size,
      patched: size,
      received: size,
      acknowledged: size,
      seen: size,
      converged: size,
      missed: 0,
      duplicate: 0,
      outOfOrder: 0,
      receivedByOthers: 0,
      receivedMs: { count: size },
      answerMs: { count: size },
      seenMs: { count: size },
      pacedMs: { count: size },
    })),
  );
  const report = await place.result("report.html");
  expect(report).toContain('id="fan-out-title"');
  expect(report).toContain("fan-out-1000, 1,000 devices: p95");
});
