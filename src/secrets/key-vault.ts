import type { TokenCredential } from "@azure/identity";
import type { SecretClient } from "@azure/keyvault-secrets";

import { FleetError } from "../base/errors.ts";
import type { KeyVaultSecret } from "../base/key-vault-uri.ts";
import { KEY_VAULT_FORM, parseKeyVaultUri } from "../base/key-vault-uri.ts";
import { withTimeout } from "../base/retry.ts";
import { keyVaultError } from "./key-vault-error.ts";
import type { VaultRoute } from "./vault-route.ts";
import { vaultClientOptions } from "./vault-route.ts";
import { watchedCredential } from "./watched-credential.ts";

/** How vaults are reached, and for how long they are waited for. */
export interface KeyVaultOptions extends VaultRoute {
  readonly signal?: AbortSignal | undefined;
  /** For one secret, with all ways to log in, in ms; default 60,000: the command line tools of Azure take seconds each. */
  readonly timeoutMs?: number | undefined;
}

/** Reads a secret by its URI. @throws {FleetError} */
export type KeyVaultReader = (uri: string) => Promise<string>;

const TIMEOUT_MS = 60_000;
/** A vault that does not answer is asked again so often, the first time after so many ms. */
const RETRIES = { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 2_000 };

/**
 * Reads secrets of Azure Key Vault as whoever `DefaultAzureCredential` finds: the environment, a workload's or managed
 * identity, or a login of Azure's command line tools. A reader asks for one token a cloud. Microsoft's packages are
 * loaded with the first secret; a proxy of the environment (`HTTPS_PROXY`) is honoured by them.
 *
 * @throws {FleetError} from the reader: `USAGE` for a URI of the wrong kind, `REFUSED` for what login or vault refuse,
 * `UNREACHABLE` where there is no answer; each names the URI, none a token or a secret
 */
export function keyVaultReader(options: KeyVaultOptions = {}): KeyVaultReader {
  const { signal, timeoutMs = TIMEOUT_MS } = options;
  const credentials = new Map<string, ReturnType<typeof openCredential>>();
  const clients = new Map<string, Promise<SecretClient>>();

  return async (uri) => {
    const wanted = parseKeyVaultUri(uri);
    if ("problem" in wanted) throw wrongUri(wanted.problem);
    const { vaultUrl, authorityHost, secret, version } = wanted;
    const opened = credentials.get(authorityHost) ?? openCredential(wanted, options);
    credentials.set(authorityHost, opened);
    const credential = await opened;
    const client = clients.get(vaultUrl) ?? openClient(vaultUrl, credential, options);
    clients.set(vaultUrl, client);
    try {
      const found = await withTimeout({ what: uri, timeoutMs, signal }, async (abortSignal) =>
        (await client).getSecret(secret, { abortSignal, ...(version && { version }) }),
      );
      if (found.value !== undefined) return found.value;
    } catch (error) {
      signal?.throwIfAborted();
      throw keyVaultError(uri, error, credential.identity());
    }
    throw new FleetError("REFUSED", `${uri}: the vault answered without a value`);
  };
}

async function openCredential(
  { authorityHost }: KeyVaultSecret,
  route: VaultRoute,
): Promise<TokenCredential & { readonly identity: () => string | undefined }> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  const chain = new DefaultAzureCredential({
    ...vaultClientOptions(route),
    // AZURE_AUTHORITY_HOST wins, as in all of Azure's tools.
    ...(route.env?.["AZURE_AUTHORITY_HOST"] ? {} : { authorityHost }),
  });
  return watchedCredential(chain);
}

async function openClient(
  vaultUrl: string,
  credential: TokenCredential,
  route: VaultRoute,
): Promise<SecretClient> {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  return new SecretClient(vaultUrl, credential, {
    ...vaultClientOptions(route),
    retryOptions: RETRIES,
  });
}

const wrongUri = (problem: string): FleetError =>
  new FleetError("USAGE", `this is not the URI of a secret in Azure Key Vault: ${problem}`, {
    hint: `copy the secret identifier: portal, the vault, Secrets, the secret (${KEY_VAULT_FORM})`,
  });
