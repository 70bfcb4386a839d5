import { ClassicLevel } from "classic-level";
import { errorCode } from "../../base/error-code.ts";
import { FleetError, messageOf } from "../../base/errors.ts";
import type { DataFolder } from "./folder.ts";
import type { StoreOperation } from "./journal.ts";
import { lockHolder } from "./lock-holder.ts";
import { AS_BYTES, SyncedWriter } from "./synced-writer.ts";

/** Rows that are read at once. */
const READ_AT_ONCE = 1000;

/** The database of a folder, open in this process alone. */
export interface Store {
  /** Everything, by ascending keys. */
  all(): AsyncIterable<readonly [key: string, value: Buffer]>;
  /**
   * All or nothing. When it resolves, the system has it: no end of this process loses it. A loss of power may, for a
   * second; what is lost then is the last writes, each as a whole.
   */
  write(operations: StoreOperation[]): Promise<void>;
  /** On the disk with all of it; safe to call twice. */
  close(): Promise<void>;
}

/** @throws {FleetError} `DATA_IN_USE` where another process has it, `FILE_INVALID` where it is damaged */
export async function openStore(folder: DataFolder): Promise<Store> {
  const level = new ClassicLevel<string, Buffer>(folder.store, AS_BYTES);
  try {
    await level.open({ createIfMissing: folder.isNew });
  } catch (error) {
    throw storeTrouble(folder, error);
  }
  const writer = new SyncedWriter(level);
  return {
    async *all() {
      const iterator = level.iterator(AS_BYTES);
      try {
        for (;;) {
          const entries = await iterator.nextv(READ_AT_ONCE);
          if (entries.length === 0) return;
          yield* entries;
        }
      } catch (error) {
        throw storeTrouble(folder, error);
      } finally {
        await iterator.close();
      }
    },
    write: (operations) => writer.write(operations),
    close: async () => {
      await writer.end();
      await level.close();
    },
  };
}

/** What is wrong, where, and the mend. */
export function damaged(folder: DataFolder, problems: readonly string[]): FleetError {
  return new FleetError(
    "FILE_INVALID",
    `${folder.path} is damaged, and nothing of it was changed: ${problems.slice(0, 5).join("; ")}${problems.length > 5 ? ` (and ${problems.length - 5} more)` : ""}`,
    { hint: "put back a copy of the whole folder, or delete it to begin anew" },
  );
}

function storeTrouble(folder: DataFolder, error: unknown): FleetError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (errorCode(cause) !== "LEVEL_LOCKED") return damaged(folder, [messageOf(cause)]);
  const holder = lockHolder(folder.store);
  return new FleetError(
    "DATA_IN_USE",
    `${folder.path} is in use by another emulator${holder === undefined ? "" : `, process ${holder}`}`,
    { hint: "stop that one, or name another folder", cause: error },
  );
}
