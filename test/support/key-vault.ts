import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";

import { z } from "zod";

import type { DialRule } from "../../src/base/dial.ts";
import type { TestPki } from "./pki.ts";

const VAULT = "cheese-vault.vault.azure.net";
const LOGIN = "login.microsoftonline.com";
const TENANT = "11111111-1111-4111-8111-111111111111";
/** The one application that may log in, and that the vault knows. */
const APPLICATION = "22222222-2222-4222-8222-222222222222";
export const CLIENT_SECRET = "the-application-s-own-secret";

/** What a vault answers for a secret. */
export type VaultAnswer =
  | { readonly value: string }
  | { readonly status: number; readonly code: string; readonly inner?: string };

/** A vault and the login that it asks for, on one port of this machine, behind real TLS. */
export interface TestVault extends AsyncDisposable {
  readonly host: string;
  /** Dials both names here. */
  readonly connectTo: readonly DialRule[];
  readonly caPem: string;
  /** The variables of an application's login, as `EnvironmentCredential` reads them. */
  readonly login: Readonly<Record<string, string>>;
  /** Answers by secret, or `SECRET/VERSION`. */
  readonly answers: Map<string, VaultAnswer>;
  /** Every token that was given; none may be seen anywhere. */
  readonly tokens: readonly string[];
  /** `METHOD path` of each request for a secret that had a token. */
  readonly asked: readonly string[];
}

/**
 * Starts a vault that speaks get-secret with its challenge. Source: Microsoft Learn, "Authentication, requests and
 * responses" of Azure Key Vault; "OAuth 2.0 client credentials flow" of the Microsoft identity platform.
 */
export async function startTestVault(pki: TestPki): Promise<TestVault> {
  const { chainPem, privateKeyPem } = await pki.server([VAULT, LOGIN]);
  const answers = new Map<string, VaultAnswer>();
  const tokens: string[] = [];
  const asked: string[] = [];

  const server = createServer({ cert: chainPem, key: privateKeyPem }, (request, response) => {
    if (request.headers.host === LOGIN) void giveToken(request, response);
    else giveSecret(request, response);
  });
  const giveToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const base = `https://${LOGIN}/${TENANT}`;
    if (request.url?.includes("/.well-known/openid-configuration") === true) {
      json(response, 200, {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
      return;
    }
    const form = new URLSearchParams((await request.toArray()).join(""));
    if (form.get("client_secret") !== CLIENT_SECRET) {
      const error_description = `AADSTS7000215: Invalid client secret provided: ${String(form.get("client_secret"))}`;
      json(response, 401, { error: "invalid_client", error_description, error_codes: [7000215] });
      return;
    }
    const claims = Buffer.from(JSON.stringify({ appid: APPLICATION })).toString("base64url");
    const token = `e30.${claims}.signature${tokens.length}`;
    tokens.push(token);
    json(response, 200, { token_type: "Bearer", expires_in: 3_600, access_token: token });
  };
  const giveSecret = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? "/", `https://${VAULT}`);
    const token = request.headers.authorization?.replace(/^Bearer /, "");
    if (token === undefined || !tokens.includes(token)) {
      const challenge = `Bearer authorization="https://${LOGIN}/${TENANT}", resource="https://vault.azure.net"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return;
    }
    asked.push(`${request.method ?? ""} ${pathname}`);
    const name = pathname.replace(/^\/secrets\//, "").replace(/\/$/, "");
    const answer = answers.get(name) ?? { status: 404, code: "SecretNotFound" };
    if ("value" in answer) {
      json(response, 200, { value: answer.value, id: `https://${VAULT}${pathname}` });
      return;
    }
    const innererror = answer.inner === undefined ? {} : { innererror: { code: answer.inner } };
    const error = { code: answer.code, message: `no: ${token}`, ...innererror };
    json(response, answer.status, { error });
  };

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: toPort } = z.object({ port: z.int() }).parse(server.address());
  return {
    host: VAULT,
    connectTo: [VAULT, LOGIN].map((host) => ({ host, port: 443, address: "127.0.0.1", toPort })),
    caPem: pki.root.certificatePem,
    login: {
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: APPLICATION,
      AZURE_CLIENT_SECRET: CLIENT_SECRET,
      AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
    },
    answers,
    tokens,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
