export interface WebhookAnswer {
  readonly status: number;
  /** Of an answer 200, else not read; undefined too where it is larger than it may be. */
  readonly body: string | undefined;
}

/**
 * Posts JSON over http or https; certificates are checked by what the process trusts. Redirects are not followed.
 *
 * @param limits `timeoutMs` until the answer is read to its end
 * @returns undefined where no answer came, or not all of it
 * @throws the reason of `limits.signal` when that ends the wait
 */
export async function callWebhook(
  url: string,
  json: string,
  limits: { readonly timeoutMs: number; readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<WebhookAnswer | undefined> {
  limits.signal.throwIfAborted();
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: json,
      redirect: "manual",
      signal: AbortSignal.any([limits.signal, AbortSignal.timeout(limits.timeoutMs)]),
    });
    if (answer.status === 200) return { status: 200, body: await textOf(answer, limits.maxBytes) };
    await answer.body?.cancel();
    return { status: answer.status, body: undefined };
  } catch {
    limits.signal.throwIfAborted();
    return undefined;
  }
}

/** @returns undefined where it is larger */
async function textOf(answer: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
