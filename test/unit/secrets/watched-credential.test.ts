import fc from "fast-check";
import { expect, test } from "vitest";

import { identityIn } from "../../../src/secrets/watched-credential.ts";

const token = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

test.for([
  [{ upn: "a@example.org", appid: "1" }, "a@example.org"],
  [{ unique_name: "b@example.org" }, "b@example.org"],
  [{ appid: "1" }, "application 1"],
  [{ azp: "2", oid: "3" }, "application 2"],
  [{ oid: "3" }, "object 3"],
  [{}, undefined],
  [{ upn: 7 }, undefined],
] as const)("%j is told as %s", ([claims, identity]) => {
  expect(identityIn(token(claims))).toBe(identity);
});

test("no text makes it throw, or is told as it stands", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(identityIn(text)).toBeUndefined();
    }),
  );
});
