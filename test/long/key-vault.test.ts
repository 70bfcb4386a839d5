import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { CLIENT_SECRET, startTestVault } from "../support/key-vault.ts";
import { testPki } from "../support/pki.ts";
import { Program, workplace } from "../support/program.ts";
import { parseSummary } from "../../src/output/summary-schema.ts";

test("a fleet's password comes from a vault, once, and is seen nowhere", async () => {
  await using place = await workplace();
  await using vault = await startTestVault(await testPki());
  const password = "pa55-of-the-caves";
  vault.answers.set("cave-pfx", { value: password });
  const credentials = {
    format: "pfx",
    password: { keyVault: `https://${vault.host}/secrets/cave-pfx` },
  };
  const scenario = await place.scenario({
    emulator: { retryAfterS: 0 },
    fleet: [{ model: "cheese-cave", count: 4, registrationId: "cave-{n}", credentials }],
    duration: undefined,
  });
  const rules = vault.connectTo.map(
    ({ host, port, address, toPort }) => `--connect-to=${host}:${port}=${address}:${toPort}`,
  );
  const args = [...rules, "--workers", "2", "--certs", place.certs, "--out", place.out];
  await using program = new Program(["run", scenario, ...args, "--log-level", "trace"], {
    ...vault.login,
    NODE_EXTRA_CA_CERTS: await place.file("vault-ca.pem", vault.caPem),
  });
  await place.appears(program, "run.ndjson", '"to":"streaming"', 4);
  program.signal("SIGINT");
  const { exitCode, stdout, stderr } = await program.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain("reading 1 secret from Azure Key Vault");
  const { devices } = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(devices).toMatchObject({ planned: 4, connected: 4 });
  // One for four devices in two workers.
  expect(vault.asked).toEqual(["GET /secrets/cave-pfx/"]);
  const files = readdirSync(place.out).map((name) => readFileSync(join(place.out, name), "utf8"));
  for (const text of [stdout, stderr, ...files]) {
    for (const secret of [password, CLIENT_SECRET, ...vault.tokens]) {
      expect(text).not.toContain(secret);
    }
  }
});
