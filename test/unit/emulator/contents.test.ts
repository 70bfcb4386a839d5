import { expect, test } from "vitest";
import { HUB_POLICIES } from "../../../src/emulator/access-policy.ts";
import { policiesOf } from "../../../src/emulator/contents.ts";

test("a hub has the five policies of every hub, and its own behind them or in their place", () => {
  const policies = policiesOf({
    policies: [
      { name: "service", rights: ["RegistryRead"], primaryKey: "QUJD" },
      { name: "auditor", rights: ["RegistryRead"] },
      // A name that every object has, too.
      { name: "constructor", rights: ["ServiceConnect"] },
    ],
  });
  expect(policies.map(({ name }) => name)).toEqual([
    ...Object.keys(HUB_POLICIES),
    "auditor",
    "constructor",
  ]);
  expect(policies[1]).toMatchObject({ rights: ["RegistryRead"], primaryKey: "QUJD" });
  const keys = policies.flatMap(({ primaryKey, secondaryKey }) => [primaryKey, secondaryKey]);
  expect(new Set(keys).size).toBe(2 * policies.length);
});
