import { z } from "zod";

/** A query of one of Microsoft's service SDKs, as far as it is used here. */
export interface SdkQuery {
  /** Nothing before the first page and after the last. */
  readonly continuationToken: string | null | undefined;
  next(continuationToken: string): Promise<unknown>;
}

/** DPS's SDK hands a page over as `responseBody`, the hub's as `result`. */
const answer = z.union([
  z.object({ responseBody: z.array(z.unknown()) }).transform(({ responseBody }) => responseBody),
  z.object({ result: z.array(z.unknown()) }).transform(({ result }) => result),
]);

/**
 * The pages of a query, to the last one.
 *
 * @param call makes one call of the service, with whatever limits and patience it takes
 * @throws whatever `call` throws
 */
export async function* queryPages(
  query: SdkQuery,
  call: (work: () => Promise<unknown>) => Promise<unknown>,
): AsyncGenerator<readonly unknown[]> {
  let token = "";
  do {
    const asked = token;
    // Always with a token: the promise form without one forgets the query's own and reads the first page again.
    yield answer.parse(await call(() => query.next(asked)));
    // Not `hasMoreResults`: that takes an empty token for one more page, for ever.
    token = query.continuationToken ?? "";
  } while (token !== "");
}
