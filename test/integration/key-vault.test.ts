import { join } from "node:path";
import { inspect } from "node:util";

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

import { dpsAccess } from "../../src/cli/service-access.ts";
import { FleetError } from "../../src/base/errors.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { takeVaultSecrets } from "../../src/run/vault-secrets.ts";
import { parseScenario } from "../../src/scenario/scenario.ts";
import type { KeyVaultOptions } from "../../src/secrets/key-vault.ts";
import { readSecret } from "../../src/secrets/secret.ts";
import type { TestVault } from "../support/key-vault.ts";
import { CLIENT_SECRET, startTestVault } from "../support/key-vault.ts";
import type { TestPki } from "../support/pki.ts";
import { temporaryDir, testPki, writeTestFile } from "../support/pki.ts";

let pki: TestPki;
let vault: TestVault;
beforeAll(async () => {
  pki = await testPki();
  vault = await startTestVault(pki);
});
afterAll(async () => {
  await vault[Symbol.asyncDispose]();
});
// Microsoft's packages read the environment of the process, not the one that a command is given.
const logIn = (more: Readonly<Record<string, string>> = {}): void => {
  for (const [name, value] of Object.entries({ ...vault.login, ...more })) vi.stubEnv(name, value);
};
afterEach(() => vi.unstubAllEnvs());

const uri = (path: string): string => `https://${vault.host}/secrets/${path}`;
const read = (path: string, more: Partial<KeyVaultOptions> = {}): Promise<string> =>
  readSecret({ keyVault: uri(path) }, {}, { ...vault, ...more });
const failure = async (work: Promise<string>): Promise<FleetError> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof FleetError)) throw error;
  const shown = [error.message, error.hint, JSON.stringify(error), inspect(error)].join();
  for (const token of [...vault.tokens, CLIENT_SECRET]) expect(shown).not.toContain(token);
  return error;
};

test("a secret is read after the vault's challenge, in its newest and in a named version", async () => {
  logIn();
  const version = "0123456789abcdef0123456789abcdef";
  vault.answers.set("pfx-password", { value: "newest one" });
  vault.answers.set(`pfx-password/${version}`, { value: "old one" });
  expect(await read("pfx-password")).toBe("newest one");
  expect(await read(`pfx-password/${version}`)).toBe("old one");
  expect(vault.asked).toEqual([
    "GET /secrets/pfx-password/",
    `GET /secrets/pfx-password/${version}`,
  ]);
});

test.for([
  ["a secret that is not there", 404, "SecretNotFound", undefined, /no such secret or version/],
  ["a disabled secret", 403, "Forbidden", "SecretDisabled", /the secret is disabled/],
  [
    "a login without the role",
    403,
    "Forbidden",
    "ForbiddenByRbac",
    /may not read secrets of the vault \(403 ForbiddenByRbac, asked as application 2{8}-[^)]*\)/,
  ],
  ["a closed network", 403, "Forbidden", "ForbiddenByFirewall", /firewall refuses this machine/],
  [
    "a token that the vault does not take",
    401,
    "Unauthorized",
    undefined,
    /takes no token of this/,
  ],
] as const)("%s is refused with its reason", async ([, status, code, inner, words]) => {
  logIn();
  vault.answers.set("refused", { status, code, ...(inner && { inner }) });
  const error = await failure(read("refused"));
  expect(error).toMatchObject({ code: "REFUSED", hint: expect.any(String) });
  expect(error.message).toContain(uri("refused"));
  expect(error.message).toMatch(words);
});

test("a login that Microsoft Entra refuses is told with what was tried, and without its words", async () => {
  logIn({ AZURE_CLIENT_SECRET: "a wrong one" });
  const error = await failure(read("any"));
  expect(error).toMatchObject({ code: "REFUSED", hint: expect.stringContaining("az login") });
  expect(error.message).toMatch(/no login .*\(tried .*EnvironmentCredential.*AADSTS7000215\)/);
  expect(error.message).not.toContain("a wrong one");
});

test("a machine without any login is told what was tried", async () => {
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential");
  const error = await failure(read("any"));
  expect(error).toMatchObject({ code: "REFUSED", hint: expect.stringContaining("az login") });
  expect(error.message).toContain("tried EnvironmentCredential");
});

test("a vault of a CA that nobody trusts is not spoken to", async () => {
  logIn();
  const before = vault.asked.length;
  const error = await failure(read("pfx-password", { caPem: pki.otherRoot.certificatePem }));
  expect(error).toMatchObject({ code: "UNREACHABLE", hint: expect.stringContaining("--ca") });
  expect(vault.asked).toHaveLength(before);
});

test("a vault where nothing listens is unreachable", async () => {
  const connectTo = vault.connectTo.map((rule) => ({ ...rule, toPort: 1 }));
  const error = await failure(read("pfx-password", { connectTo }));
  expect(error).toMatchObject({ code: "UNREACHABLE" });
  expect(error.message).toContain("ECONNREFUSED");
});

test("a limit and a stop end the wait for a vault", async () => {
  logIn();
  expect(await failure(read("pfx-password", { timeoutMs: 0 }))).toMatchObject({
    code: "UNREACHABLE",
  });
  const stopped = AbortSignal.abort(new FleetError("INTERRUPTED", "stopped"));
  expect(await failure(read("pfx-password", { signal: stopped }))).toMatchObject({
    code: "INTERRUPTED",
  });
});

const take = async (...names: readonly string[]) => {
  const caves = names.map(
    (name) =>
      `  - { model: cheese-cave, count: 1, registrationId: ${name}, credentials: { format: pfx, password: { keyVault: "${uri(name)}" } } }`,
  );
  const text = ["name: caves", "provisioning: { group: caves }", "fleet:", ...caves].join("\n");
  const plan = makePlan(parseScenario(text, "caves.yaml"), { seed: 1 });
  using dir = temporaryDir();
  const caFile = writeTestFile(join(dir.path, "ca.pem"), vault.caPem);
  return await takeVaultSecrets(
    { plan },
    { connectTo: vault.connectTo, caFile },
    {
      env: { KEPT: "as it was" },
      cwd: dir.path,
      stop: new AbortController().signal,
      console: { phase: () => {}, warning: () => {}, progress: () => {}, status: () => {} },
    },
  );
};

describe("a fleet's secrets", () => {
  test("move into the environment of workers, and the plan names no vault", async () => {
    logIn();
    vault.answers.set("one", { value: "first" });
    vault.answers.set("two", { value: "second" });
    const { prepared, context } = await take("one", "two");
    expect(context.env).toEqual({
      KEPT: "as it was",
      DPS_FLEET_VAULT_SECRET_1_one: "first",
      DPS_FLEET_VAULT_SECRET_2_two: "second",
    });
    expect(prepared.plan.devices.map(({ credentials }) => credentials)).toEqual([
      { format: "pfx", password: { env: "DPS_FLEET_VAULT_SECRET_1_one" } },
      { format: "pfx", password: { env: "DPS_FLEET_VAULT_SECRET_2_two" } },
    ]);
  });

  test("that cannot be had are told all at once", async () => {
    logIn();
    const error = await failure(take("gone-1", "gone-2").then(() => "none"));
    expect(error).toMatchObject({
      code: "REFUSED",
      problems: [
        { message: expect.stringContaining("gone-1: the vault has no such secret") },
        { message: expect.stringContaining("gone-2: the vault has no such secret") },
      ],
    });
  });
});

test("a command takes the connection string of a service from a vault", async () => {
  logIn();
  using dir = temporaryDir();
  writeTestFile(join(dir.path, "ca.pem"), vault.caPem);
  const value =
    "HostName=caves.azure-devices-provisioning.net;SharedAccessKeyName=all;SharedAccessKey=a2V5";
  vault.answers.set("dps", { value: `${value}\n` });
  const access = (dpsConnectionStringFile: string) =>
    dpsAccess(
      { dpsConnectionStringFile, connectTo: vault.connectTo, ca: "ca.pem" },
      { cwd: dir.path, env: {} },
    );
  expect(await access(uri("dps"))).toMatchObject({ connectionString: value, source: uri("dps") });
  await expect(access("https://caves.vault.azure.net/keys/dps")).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("got the URI of a key"),
  });
});
