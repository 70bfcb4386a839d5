import { z } from "zod";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { networkHint } from "../base/network-hint.ts";
import { TimeoutError } from "../base/retry.ts";

/** A vault's refusal. Source: Microsoft Learn, "Azure Key Vault REST API error codes". */
const refusal = z.object({
  statusCode: z.int(),
  details: z
    .object({
      error: z.object({
        code: z.string().optional(),
        innerError: z.object({ code: z.string().optional() }).optional(),
      }),
    })
    .optional()
    .catch(undefined),
});

/** Errors of `@azure/identity`, by their stable names. */
const LOGIN_ERRORS: ReadonlySet<string> = new Set([
  "CredentialUnavailableError",
  "AggregateAuthenticationError",
  "AuthenticationError",
  "AuthenticationRequiredError",
]);

const LOGIN_HINT =
  "log in with az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";

/**
 * What went wrong at a vault, as ours. The words of service and packages are left out where they could carry more than
 * a code.
 *
 * @param uri of the secret
 * @param identity as whom the vault was asked; undefined where nobody was logged in or the token did not tell
 */
export function keyVaultError(
  uri: string,
  error: unknown,
  identity: string | undefined,
): FleetError {
  if (error instanceof FleetError) return error;
  const answered = refusal.safeParse(error).data;
  if (error instanceof Error && LOGIN_ERRORS.has(error.name)) return loginError(uri, error);
  if (answered !== undefined) return refusedBy(uri, answered, identity);
  if (error instanceof TimeoutError) {
    const message = `${uri}: no secret within the time: ${error.message}`;
    const hint = "is the vault's network open for this machine? is az login waiting?";
    return new FleetError("UNREACHABLE", message, { hint });
  }
  const code = errorCode(error);
  return new FleetError(
    "UNREACHABLE",
    `${uri}: the vault cannot be reached (${code ?? "no answer"})`,
    {
      hint: networkHint(code ?? "") ?? "check the name of the vault, the network and HTTPS_PROXY",
    },
  );
}

/** Each way to log in that was tried, and Microsoft Entra's code where it gave one; the words are too long and too free. */
function loginError(uri: string, error: Error): FleetError {
  const tried = new Set(error.message.match(/\b[A-Z]\w+Credential\b/g));
  tried.delete("DefaultAzureCredential");
  tried.delete("ChainedTokenCredential");
  const code = /\bAADSTS\d+/.exec(error.message)?.[0];
  const why = code === undefined ? "" : `, which Microsoft Entra refused with ${code}`;
  const whom = tried.size === 0 ? "" : ` (tried ${[...tried].join(", ")}${why})`;
  return new FleetError("REFUSED", `${uri}: there is no login for Azure Key Vault${whom}`, {
    hint: LOGIN_HINT,
  });
}

function refusedBy(
  uri: string,
  { statusCode, details }: z.output<typeof refusal>,
  identity: string | undefined,
): FleetError {
  const codes = [details?.error.code, details?.error.innerError?.code];
  const reason = codes.findLast((code) => code !== undefined);
  const as = identity === undefined ? "" : `, asked as ${identity}`;
  const refused = (message: string, hint: string): FleetError =>
    new FleetError("REFUSED", `${uri}: ${message}`, { hint });
  if (reason === "SecretDisabled") {
    return refused("the secret is disabled", "enable it in the vault, or name another version");
  }
  if (statusCode === 404) {
    return refused("the vault has no such secret or version", "check the names in the URI");
  }
  if (statusCode === 401) {
    return refused(`the vault takes no token of this login (401${as})`, LOGIN_HINT);
  }
  if (reason === "ForbiddenByFirewall" || reason === "ForbiddenByConnection") {
    return refused(
      `the vault's firewall refuses this machine (403 ${reason}${as})`,
      "allow this address in the vault's Networking, or run where it is allowed",
    );
  }
  if (statusCode === 403) {
    return refused(
      `this login may not read secrets of the vault (403${reason === undefined ? "" : ` ${reason}`}${as})`,
      'give it the role "Key Vault Secrets User" on the vault',
    );
  }
  const answer = `${statusCode}${reason === undefined ? "" : ` ${reason}`}`;
  return refused(`the vault answered ${answer}${as}`, "run it again later");
}
