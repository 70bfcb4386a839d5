import { rmSync } from "node:fs";

import { FleetError, messageOf } from "../../base/errors.ts";
import { productVersion } from "../../base/product-version.ts";
import { DurableState } from "./durable-state.ts";
import type { DataFolder } from "./folder.ts";
import { finishFolder, inspectFolder, makeFolder } from "./folder.ts";
import { formatRow, inPresentFormat } from "./format.ts";
import type { State } from "./state.ts";
import type { StoreContent } from "./store-content.ts";
import { NO_CONTENT, putRow, readStore } from "./store-content.ts";
import type { Store } from "./store.ts";
import { damaged, openStore } from "./store.ts";
import { damagedLogs } from "./written-logs.ts";

/** The state of a folder while an emulator has it. */
export interface OpenState {
  readonly state: State;
  /** @throws {FleetError} `FILE_INVALID` where something that was kept could not be read */
  requireSound(): void;
  /**
   * Keeps from now on what changes, and what has changed; a new folder is made. Until then it is as it was.
   *
   * @throws {FleetError} `FILE_INVALID` where nothing can be written
   */
  begin(): Promise<void>;
  /** Waits for what is not kept yet; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens a folder, which need not be there; what is of an older format is brought to the present one.
 *
 * @param onFailed called once, when nothing can be written any more
 * @param goesOnInMemory then all goes on in memory, and the folder is removed: what it has is too old to begin with
 * @throws {FleetError} `FOREIGN_FILE` for a folder of something else; `DATA_IN_USE` where another process has it;
 *   `FILE_INVALID` where it is damaged, or of a newer format
 */
export async function openState(
  path: string,
  onFailed: (error: FleetError) => void,
  goesOnInMemory = false,
): Promise<OpenState> {
  const folder = inspectFolder(path);
  const found = folder.isNew ? undefined : await openKept(folder);
  let store = found?.store;
  const state = new DurableState(found?.content ?? NO_CONTENT, {
    write: async (operations) => {
      await store?.write(operations);
    },
    onFailed: (error) => {
      if (goesOnInMemory) rmSync(folder.path, { recursive: true, force: true });
      onFailed(writeTrouble(folder, error));
    },
    goesOnInMemory,
  });
  return {
    state,
    requireSound: () => {
      if (state.problems.length > 0) throw damaged(folder, state.problems);
    },
    begin: async () => {
      store ??= await newStore(folder);
      try {
        await state.begin();
      } catch (error) {
        throw writeTrouble(folder, error);
      }
    },
    close: async () => {
      await state.end();
      await store?.close();
    },
  };
}

interface Kept {
  readonly store: Store;
  readonly content: Pick<StoreContent, "rows" | "logs">;
}

async function openKept(folder: DataFolder): Promise<Kept> {
  const damages = damagedLogs(folder.store);
  if (damages.length > 0) throw damaged(folder, damages);
  const store = await openStore(folder);
  try {
    const content = await readStore(store);
    if (content.problems.length > 0) throw damaged(folder, content.problems);
    const { rows, changes } = inPresentFormat(folder, content, productVersion());
    if (changes.length > 0) await store.write([...changes]);
    return { store, content: { rows, logs: content.logs } };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A kill at any moment of it leaves a folder that is still new, or one that is whole. */
async function newStore(folder: DataFolder): Promise<Store> {
  makeFolder(folder);
  const first = await openStore({ ...folder, store: folder.unfinished });
  try {
    await first.write([putRow(formatRow(productVersion()))]);
  } finally {
    await first.close();
  }
  finishFolder(folder);
  return openStore({ ...folder, isNew: false });
}

function writeTrouble({ path }: DataFolder, error: unknown): FleetError {
  return new FleetError("FILE_INVALID", `${path} cannot be written to: ${messageOf(error)}`, {
    hint: "look for room on the disk and for the rights of the folder",
    cause: error,
  });
}
