import type { Duplex } from "node:stream";
import { messageOf } from "./errors.ts";

/** How Node is told of a connection that `createConnection` did not return. */
export type ConnectionTaker = (error: Error | null, connection: Duplex) => void;

/** Gives a connection, or why there is none, to whoever asked `createConnection` for it. */
export async function connectLater<C extends Duplex>(
  opening: () => Promise<C>,
  take: ConnectionTaker,
): Promise<void> {
  let connection: C;
  try {
    connection = await opening();
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(messageOf(error));
    // Node reads no connection beside an error; its types want one.
    Reflect.apply(take, undefined, [failure]);
    return;
  }
  take(null, connection);
}
