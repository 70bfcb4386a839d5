import { X509Certificate } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { DeviceKeys } from "../../integration/emulator-wire.ts";
import type { EntryBody } from "./entries.ts";
import type { Target } from "./target.ts";

/** What is read by Registry.createQuery, page by page to the end. */
export interface QueryResult {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly pages: number;
  /** `x-ms-item-type` of the first page. */
  readonly itemType: unknown;
}

const page = z.object({
  result: z.array(z.record(z.string(), z.unknown())),
  message: z.object({ headers: z.record(z.string(), z.unknown()) }),
});

/** Asks the first hub; rejects with what Microsoft's client says. */
export async function runQuery(
  { clients }: Target,
  text: string,
  pageSize?: number,
): Promise<QueryResult> {
  const query = clients.registry.createQuery(text, pageSize);
  const items: Readonly<Record<string, unknown>>[] = [];
  let pages = 0;
  let itemType: unknown;
  do {
    // Without an argument the client would ask for the first page again.
    const { result, message } = page.parse(await query.next(query.continuationToken ?? ""));
    items.push(...result);
    itemType ??= message.headers["x-ms-item-type"];
    pages += 1;
  } while (query.hasMoreResults);
  return { items, pages, itemType };
}

/**
 * Waits until a query counts as many twins as were made: Azure answers queries from an index that may be seconds behind.
 * Source: Microsoft Learn, "Understand and use device twins in IoT Hub", "Back-end operations".
 */
export async function untilIndexed(target: Target, where: string, twins: number): Promise<void> {
  for (;;) {
    const counted = await runQuery(target, `SELECT COUNT() AS n FROM devices WHERE ${where}`);
    if (counted.items[0]?.["n"] === twins) return;
    // An emulator answers at once; the test's own limit ends this.
    await delay(1000);
  }
}

/** The `authentication` of an identity with this leaf. */
export function thumbprintOf({ fullChainPem }: Pick<DeviceKeys, "fullChainPem">): EntryBody {
  const primaryThumbprint = new X509Certificate(fullChainPem).fingerprint.replaceAll(":", "");
  return { type: "selfSigned", x509Thumbprint: { primaryThumbprint } };
}
