import { expect, test } from "vitest";

import { propertyText } from "../../../../src/cli/twin/straggler-text.ts";
import type { PropertyShown } from "../../../../src/service/property-shown.ts";

test.for<readonly [Omit<PropertyShown, "path" | "atMs">, string]>([
  [{ state: "shown", reported: 1 }, "t is there"],
  [{ state: "missing", reported: undefined }, "t was never reported"],
  [{ state: "earlier", reported: "a" }, 't shows "a" as before the patch'],
  [{ state: "earlier", reported: 1, av: 3 }, "t shows 1, acknowledged version 3 of 5"],
  [{ state: "differs", reported: { a: [1] } }, 't is {"a":[1]}'],
  [{ state: "differs", reported: 4, av: 4 }, "t is 4, version 4 of 5"],
  [{ state: "differs", reported: 4, av: 5 }, "t is 4"],
  [{ state: "busy", reported: 1, ac: 202, ad: "" }, "t is being worked on (ac 202)"],
  [{ state: "refused", reported: 1, ac: 400, ad: "hot" }, "t was refused (ac 400: hot)"],
])("%j is told as %s", ([property, text]) => {
  expect(propertyText({ path: "t", atMs: undefined, ...property }, 5)).toBe(text);
});
