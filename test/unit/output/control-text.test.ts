import { expect, test } from "vitest";

import { controlText, steeredText } from "../../../src/output/control-text.ts";
import type { ControlResult } from "../../../src/output/summary.ts";

test.for<readonly [request: Parameters<typeof controlText>[0], text: string]>([
  [{ do: "pause" }, "pause"],
  [{ do: "scale", devices: 10, rate: "5/s" }, "scale 10 --rate 5/s"],
  [{ do: "rate", telemetry: "2s", devices: ["a", "b"] }, 'rate --telemetry 2s --devices ["a","b"]'],
  [{ do: "act", action: { mark: "x" } }, 'act {"mark":"x"}'],
])("%j is told as %s", ([request, text]) => {
  expect(controlText(request)).toBe(text);
});

const at = (atS: number, outcome: ControlResult["outcome"] = "done"): ControlResult => ({
  atS,
  by: "ctl",
  request: { do: "pause" },
  outcome,
});

test("what was done by hand is told with its time, the first six of it", () => {
  expect(steeredText([at(1, "refused"), at(2, "unchanged")])).toBeUndefined();
  expect(steeredText([at(1), at(2, "refused"), at(3.25)])).toBe("pause at 1.0 s, pause at 3.3 s");
  const many = Array.from({ length: 9 }, (_, index) => at(index));
  expect(steeredText(many)).toMatch(/^pause at 0\.0 s, .*pause at 5\.0 s, 3 more$/);
});
