import { expect, test } from "vitest";

import { caLine, caTable } from "../../../../src/cli/ca/ca-text.ts";

const ca = {
  name: "factory",
  isVerified: true,
  subject: "CN=Factory",
  thumbprint: "AB".repeat(20),
  expiry: "2036-11-19T06:21:00.000Z",
  created: "2026-11-22T06:21:00.000Z",
  updated: "2026-11-22T06:21:00.000Z",
};

test("one certificate is a line", () => {
  expect(caLine(ca)).toBe(`factory: verified, SHA-1 ${ca.thumbprint}, until 2036-11-19\n`);
});

test("several are a table whose columns stand under each other, without control characters", () => {
  const evil = { ...ca, name: "b", isVerified: false, subject: "CN=\u001B[31mred\nline" };
  const lines = caTable([ca, evil]).split("\n");
  expect(lines).toEqual([
    `NAME     VERIFIED  EXPIRES     SHA-1${" ".repeat(37)}SUBJECT`,
    `factory  yes       2036-11-19  ${ca.thumbprint}  CN=Factory`,
    `b        no        2036-11-19  ${ca.thumbprint}  CN=red line`,
    "",
  ]);
});
