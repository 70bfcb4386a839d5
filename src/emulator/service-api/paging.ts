import { ServiceFault } from "../fault.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined on the last page: the header must then be left out, or the Node SDK asks for ever. */
  readonly continuation: string | undefined;
}

/** What a client asks of a page, by its headers, and the sizes of this service. */
export interface PageRequest {
  readonly maxItemCount: string | undefined;
  readonly continuation: string | undefined;
  readonly defaultSize: number;
  readonly maxSize: number;
}

/**
 * One page of `items`, in the order of their keys. The token names the last key that was given, so that items that
 * come and go between two pages neither repeat others nor hide them.
 *
 * @throws {ServiceFault} `badRequest` for a page size or a token that cannot be
 */
export function pageOf<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  request: PageRequest,
): Page<T> {
  return pageOfShown(items, keyOf, (item) => item, request);
}

/**
 * The same where an item is shown as something else, or, by undefined, not at all. Looks at no more items than the
 * page needs.
 *
 * @throws {ServiceFault} as `pageOf`
 */
export function pageOfShown<T, R>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  show: (item: T) => R | undefined,
  request: PageRequest,
): Page<R> {
  const size = pageSize(request);
  const after =
    request.continuation === undefined || request.continuation === ""
      ? undefined
      : readToken(request.continuation);
  const rest = [...items]
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const page: R[] = [];
  let lastKey = "";
  for (const { key, item } of rest) {
    const shown = show(item);
    if (shown === undefined) continue;
    if (page.length === size) return { items: page, continuation: writeToken(lastKey) };
    page.push(shown);
    lastKey = key;
  }
  return { items: page, continuation: undefined };
}

function pageSize(request: PageRequest): number {
  if (request.maxItemCount === undefined) return request.defaultSize;
  const size = Number(request.maxItemCount);
  if (!Number.isInteger(size) || size < 1)
    throw new ServiceFault("badRequest", "x-ms-max-item-count: expected an integer >= 1.");
  return Math.min(size, request.maxSize);
}

function writeToken(key: string): string {
  return Buffer.from(`after:${key}`).toString("base64url");
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (!text.startsWith("after:"))
    throw new ServiceFault("badRequest", "x-ms-continuation: not a token of this service.");
  return text.slice("after:".length);
}
