import { formatSasToken } from "../../support/sas-token.ts";
import type { HttpsAnswer, HttpsQuestion, Target } from "./target.ts";

/** What a service client asks, with a token of its own where `authorization` is not given. */
export type ServiceQuestion = Omit<HttpsQuestion, "host" | "keys" | "body"> & {
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
};

/** A call of the first hub's service API by hand, for what Microsoft's client does not send. */
export async function askHub(target: Target, question: ServiceQuestion): Promise<HttpsAnswer> {
  return await askService(target, target.hubs[0]?.connectionString ?? "", question);
}

/** The same for the service API of DPS. */
export async function askDps(target: Target, question: ServiceQuestion): Promise<HttpsAnswer> {
  return await askService(target, target.dpsConnectionString, question);
}

async function askService(
  target: Target,
  connectionString: string,
  { path, body, headers, ...question }: ServiceQuestion,
): Promise<HttpsAnswer> {
  const part = (name: string): string =>
    new RegExp(`(?:^|;)${name}=([^;]*)`).exec(connectionString)?.[1] ?? "";
  const host = part("HostName");
  const key = { name: part("SharedAccessKeyName"), key: part("SharedAccessKey") };
  const authorization = formatSasToken(host, key, Math.floor(Date.now() / 1000) + 3600);
  return await target.https({
    ...question,
    host,
    path: path.includes("?") ? path : `${path}?api-version=2021-04-12`,
    headers: { authorization, ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
}
