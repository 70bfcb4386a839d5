import { DurableState } from "../../../../src/emulator/state/durable-state.ts";
import type { StoreOperation } from "../../../../src/emulator/state/journal.ts";
import { readStore } from "../../../../src/emulator/state/store-content.ts";

/** A store in memory, on which state can be opened again and again. */
export class MemoryStore {
  readonly rows = new Map<string, Buffer>();
  /** How many writes there were, each of all its operations. */
  writes = 0;
  readonly failures: Error[] = [];
  /** What is asked to write, where a test holds it up or lets it fail. */
  onWrite: () => Promise<void> = () => Promise.resolve();

  /** The state as it is after a start; nothing waits to be written. */
  async open(): Promise<DurableState> {
    const content = await readStore(this.#reader());
    const state = new DurableState(content, {
      write: async (operations) => {
        await this.onWrite();
        this.#apply(operations);
      },
      onFailed: (error) => this.failures.push(error),
    });
    await state.begin();
    return state;
  }

  #apply(operations: readonly StoreOperation[]): void {
    this.writes++;
    for (const operation of operations)
      if (operation.type === "put") this.rows.set(operation.key, operation.value);
      else this.rows.delete(operation.key);
  }

  #reader(): Parameters<typeof readStore>[0] {
    const entries = [...this.rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return {
      async *all() {
        yield* entries;
      },
      write: () => Promise.reject(new Error("for reading alone")),
      close: () => Promise.resolve(),
    };
  }
}
