/** Of many things of one kind only the first are told one by one, so that ten thousand devices fit on a screen. */
export class FirstFew {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** One more of this kind: it is told itself, or stands for all that follow, or is passed over. */
  next(kind: string): "itself" | "others" | "none" {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= this.#limit) return "itself";
    return count === this.#limit + 1 ? "others" : "none";
  }

  /** Begins to count this kind anew. */
  restart(kind: string): void {
    this.#counts.delete(kind);
  }
}
