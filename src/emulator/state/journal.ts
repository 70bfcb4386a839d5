/** One change of the store. */
export type StoreOperation =
  | { readonly type: "put"; readonly key: string; readonly value: Buffer }
  | { readonly type: "del"; readonly key: string };

/** Something that has changes to write. */
export interface ChangeSource {
  /** Adds its changes up to now, and forgets them. */
  takeChanges(operations: StoreOperation[]): void;
}

export interface JournalOptions {
  /** Writes all operations or none, and resolves when they are kept. */
  readonly write: (operations: StoreOperation[]) => Promise<void>;
  /** Called once, when a write has failed: nothing is written any more. */
  readonly onFailed: (error: Error) => void;
  /** From then on what changes counts as kept, though it is in memory alone; default: it never is. */
  readonly goesOnInMemory?: boolean;
}

type Waiting = (error?: Error) => void;

/**
 * Writes what changes, all of a turn of the event loop at once; while a write is under way, what comes is gathered for
 * the next. It writes nothing before `begin`.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #changed = new Set<ChangeSource>();
  #phase: "held" | "idle" | "planned" | "writing" | "ended" = "held";
  /** For the write that is under way, and for the next one. */
  #current: Waiting[] = [];
  #next: Waiting[] = [];
  #failure: Error | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Begins to write, with what has changed already. */
  begin(): void {
    if (this.#phase !== "held") return;
    this.#phase = "idle";
    if (this.#changed.size > 0) this.#plan();
  }

  /** Notes that `source` has changes. */
  touch(source: ChangeSource): void {
    if (this.#phase === "ended") return;
    this.#changed.add(source);
    if (this.#phase === "idle") this.#plan();
  }

  /** See `State`. */
  afterSaved(act: Waiting): void {
    if (this.#failure !== undefined) act(this.#failure);
    else if (this.#changed.size > 0) this.#next.push(act);
    else if (this.#phase === "writing") this.#current.push(act);
    else act();
  }

  saved(): Promise<void> | undefined {
    const isIdle = this.#phase !== "writing" && this.#changed.size === 0;
    if (isIdle && this.#failure === undefined) return undefined;
    return new Promise((resolve, reject) => {
      this.afterSaved((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** Waits for what is not written yet; what changes later is nobody's. Safe to call twice, and never rejects. */
  async end(): Promise<void> {
    while (this.#phase === "planned" || this.#phase === "writing")
      await this.saved()?.catch(() => {});
    this.#phase = "ended";
    this.#changed.clear();
  }

  /** After the turn, so that everything that a turn does is in one write. */
  #plan(): void {
    this.#phase = "planned";
    setImmediate(() => void this.#write());
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    const sources = [...this.#changed];
    // Before they are asked: one that has more than fits into a write says so again.
    this.#changed.clear();
    this.#current = this.#next;
    this.#next = [];
    this.#phase = "writing";
    try {
      const operations: StoreOperation[] = [];
      // What a codec refuses cannot be kept either.
      for (const source of sources) source.takeChanges(operations);
      if (operations.length > 0) await this.#options.write(operations);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    // What is called may ask for more, which comes after what was asked for before; and it may change something.
    for (const act of this.#current) act();
    this.#current = [];
    this.#phase = "idle";
    if (this.#changed.size > 0) this.#plan();
  }

  #fail(error: Error): void {
    const { goesOnInMemory = false } = this.#options;
    if (!goesOnInMemory) this.#failure = error;
    this.#phase = "ended";
    this.#changed.clear();
    const waiting = [...this.#current, ...this.#next];
    this.#current = [];
    this.#next = [];
    this.#options.onFailed(error);
    for (const act of waiting) act(this.#failure);
  }
}
