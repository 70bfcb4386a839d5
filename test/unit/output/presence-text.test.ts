import { expect, test } from "vitest";

import { presenceText } from "../../../src/output/presence-text.ts";

test("what makes devices leave and come back is told in words", () => {
  expect(presenceText("stop", { how: "inOrder" }, 4)).toBe("4 devices stop");
  expect(presenceText("stop", { how: "inOrder", for: "2s" }, 1)).toBe("1 device stops for 2s");
  expect(presenceText("stop", { how: "powerCut", for: "2s" }, 4)).toBe(
    "4 devices lose power for 2s",
  );
  expect(presenceText("stop", { how: "powerCut" }, 1)).toBe("1 device loses power");
  expect(presenceText("start", { over: "0s" }, 1)).toBe("1 device starts");
  expect(presenceText("start", { over: "10s" }, 8)).toBe("8 devices start over 10s");
  const churn = { rate: "30/m", away: "20s", how: "inOrder" };
  expect(presenceText("churn", churn, 6)).toBe("6 devices churn at 30/m, each is off for 20s");
  expect(presenceText("churn", { ...churn, how: "powerCut", for: "5m" }, 6)).toBe(
    "6 devices churn at 30/m for 5m, each is off for 20s by a power cut",
  );
});
