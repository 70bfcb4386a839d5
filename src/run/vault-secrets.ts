import { resolve } from "node:path";

import pLimit from "p-limit";

import { FleetError } from "../base/errors.ts";
import { parseKeyVaultUri } from "../base/key-vault-uri.ts";
import type { SecretRef } from "../base/secret-ref.ts";
import { plural } from "../output/terminal-text.ts";
import type { CredentialSpec } from "../plan/plan.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunContext, RunOptions } from "./run-options.ts";
import { readCaFile } from "./target.ts";

/** Secrets asked for at once. */
const AT_ONCE = 4;
/** With this prefix a run's own emulator does not inherit it. */
const VARIABLE = "DPS_FLEET_VAULT_SECRET";

/** A name that tells messages which secret it was. */
function variableOf(uri: string, at: number): string {
  const parsed = parseKeyVaultUri(uri);
  const secret = "secret" in parsed ? parsed.secret : "";
  return `${VARIABLE}_${at + 1}_${secret.replaceAll("-", "_")}`;
}

/**
 * Reads each secret of Azure Key Vault that the fleet names once, before anything else is done, and puts it into the
 * environment that workers get under a name of the run's own: the plan then names no vault, and no worker asks one.
 *
 * @throws {FleetError} what went wrong with every secret; the code is the first one's
 */
export async function takeVaultSecrets<
  Prepared extends Pick<PreparedRun, "plan">,
  Context extends Pick<RunContext, "env" | "cwd" | "console" | "stop">,
>(
  prepared: Prepared,
  options: Pick<RunOptions, "connectTo" | "caFile">,
  context: Context,
): Promise<{ readonly prepared: Prepared; readonly context: Context }> {
  const { plan } = prepared;
  const uris = [...new Set(plan.devices.flatMap(({ credentials }) => vaultUris(credentials)))];
  if (uris.length === 0) return { prepared, context };
  context.console.phase(`reading ${plural(uris.length, "secret")} from Azure Key Vault`);
  const values = await readAll(uris, options, context);
  const nameOf = (uri: string): string => variableOf(uri, uris.indexOf(uri));
  const env = Object.fromEntries(uris.map((uri, at) => [nameOf(uri), values[at]]));
  const devices = plan.devices.map((device) => ({
    ...device,
    credentials: withoutVault(device.credentials, nameOf),
  }));
  return {
    prepared: { ...prepared, plan: { ...plan, devices } },
    context: { ...context, env: { ...context.env, ...env } },
  };
}

async function readAll(
  uris: readonly string[],
  { connectTo, caFile }: Pick<RunOptions, "connectTo" | "caFile">,
  { env, cwd, stop: signal }: Pick<RunContext, "env" | "cwd" | "stop">,
): Promise<readonly string[]> {
  const caPem = caFile === undefined ? undefined : await readCaFile(resolve(cwd, caFile));
  const { keyVaultReader } = await import("../secrets/key-vault.ts");
  const read = keyVaultReader({ env, connectTo, caPem, signal });
  const limit = pLimit(AT_ONCE);
  const results = await Promise.allSettled(uris.map((uri) => limit(() => read(uri))));
  const values: string[] = [];
  const failures: FleetError[] = [];
  for (const result of results) {
    if (result.status === "fulfilled") values.push(result.value);
    else if (result.reason instanceof FleetError) failures.push(result.reason);
    else throw result.reason;
  }
  const [first, ...more] = failures;
  if (first === undefined) return values;
  if (more.length === 0) throw first;
  throw new FleetError(
    first.code,
    `${failures.length} secrets of Azure Key Vault are not to be had`,
    { problems: failures.map(({ message, hint }) => ({ place: "fleet", message, hint })) },
  );
}

function vaultUris(credentials: CredentialSpec): readonly string[] {
  const uris: string[] = [];
  changeSecrets(credentials, (ref) => {
    if ("keyVault" in ref) uris.push(ref.keyVault);
    return ref;
  });
  return uris;
}

const withoutVault = (
  credentials: CredentialSpec,
  nameOf: (uri: string) => string,
): CredentialSpec =>
  changeSecrets(credentials, (ref) => ("keyVault" in ref ? { env: nameOf(ref.keyVault) } : ref));

/** Credentials with every secret that they name changed. */
function changeSecrets(
  credentials: CredentialSpec,
  change: (ref: SecretRef) => SecretRef,
): CredentialSpec {
  const { format } = credentials;
  switch (format) {
    case "pem": {
      const { passphrase } = credentials;
      return passphrase === undefined
        ? credentials
        : { ...credentials, passphrase: change(passphrase) };
    }
    case "pfx": {
      const { password } = credentials;
      return password === undefined ? credentials : { ...credentials, password: change(password) };
    }
    case "symmetricKey":
      return { ...credentials, key: change(credentials.key) };
    case "connectionString":
      return credentials;
    default:
      return format satisfies never;
  }
}
