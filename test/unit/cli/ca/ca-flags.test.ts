import { expect, test } from "vitest";

import { parseCaFlags } from "../../../../src/cli/ca/ca-flags.ts";
import { refusal } from "../../../support/refusal.ts";

test("what is not given has its default", () => {
  expect(parseCaFlags("add", { name: "factory" })).toEqual({
    name: "factory",
    certificate: undefined,
    verified: false,
    json: false,
    certs: "certs",
    logLevel: "warn",
    target: undefined,
    emulator: undefined,
    dpsConnectionStringFile: undefined,
    resourceGroup: undefined,
  });
});

test("all problems are told at once, each at its place, and a connection string is not shown", async () => {
  const secret = "HostName=h;SharedAccessKeyName=n;SharedAccessKey=c2VjcmV0";
  const given = {
    name: "no blanks",
    certificate: ["a", "b"],
    target: "aws",
    dpsConnectionStringFile: secret,
    json: "maybe",
  };
  const error = await refusal(Promise.resolve().then(() => parseCaFlags("verify", given)));
  expect(error).toMatchObject({ code: "USAGE", hint: "see ca verify --help" });
  expect(error.problems.map(({ place }) => place).toSorted()).toEqual([
    "--certificate",
    "--dps-connection-string-file",
    "--json",
    "--target",
    "NAME",
  ]);
  expect(JSON.stringify(error.problems)).not.toContain("c2VjcmV0");
});
