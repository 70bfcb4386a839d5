import { z } from "zod";
import { ServiceFault } from "../fault.ts";
import type { Codec, Table } from "../state/state.ts";

/** The group that every endpoint has and nobody can delete. */
export const DEFAULT_GROUP = "$Default";

export interface ConsumerGroupLimits {
  /** Groups of an endpoint, `$Default` among them. */
  readonly consumerGroupsMax: number;
  /** Readers that may read one partition under one group at a time. */
  readonly consumerGroupReadersMax: number;
}

/** A reader of some partitions of one endpoint. */
export interface GroupReader {
  readonly partitions: readonly number[];
  /** Called when the group is deleted. */
  readonly end: () => void;
}

/** Under which readers share an endpoint; each reader keeps its own place. */
export class ConsumerGroup {
  readonly name: string;
  /** ms since 1970 */
  readonly createdMs: number;
  readonly #readersMax: number;
  readonly #readers = new Set<GroupReader>();

  constructor(name: string, createdMs: number, readersMax: number) {
    this.name = name;
    this.createdMs = createdMs;
    this.#readersMax = readersMax;
  }

  /**
   * Counts a reader on each of its partitions.
   *
   * @returns what the reader calls at its end; safe to call twice
   * @throws {ServiceFault} `tooManyReaders` where one of them has as many as may be; nothing is counted then
   */
  join(reader: GroupReader): () => void {
    const others = [...this.#readers].flatMap(({ partitions }) => partitions);
    const full = reader.partitions.find(
      (partition) => others.filter((one) => one === partition).length >= this.#readersMax,
    );
    if (full !== undefined)
      throw new ServiceFault(
        "tooManyReaders",
        `Partition ${full} has ${this.#readersMax} readers in consumer group ${this.name}, and may have no more.`,
      );
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  endReaders(): void {
    for (const reader of this.#readers) reader.end();
  }
}

/** What is kept of a group. */
export interface KeptGroup {
  readonly name: string;
  readonly createdMs: number;
}

export const groupCodec: Codec<KeptGroup> = z.strictObject({
  name: z.string(),
  createdMs: z.number(),
});

/** The consumer groups of one endpoint; names without case. */
export class ConsumerGroups {
  readonly #limits: ConsumerGroupLimits;
  readonly #kept: Table<KeptGroup>;
  readonly #byName = new Map<string, ConsumerGroup>();

  /** Begins with those that are kept, and with `$Default`. */
  constructor(limits: ConsumerGroupLimits, nowMs: number, kept: Table<KeptGroup> = new Map()) {
    this.#limits = limits;
    this.#kept = kept;
    for (const group of kept.values()) this.#add(group);
    this.create(DEFAULT_GROUP, nowMs);
  }

  /** In the order in which they were created. */
  all(): readonly ConsumerGroup[] {
    return [...this.#byName.values()];
  }

  find(name: string): ConsumerGroup | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** @throws {ServiceFault} `consumerGroupNotFound` */
  get(name: string): ConsumerGroup {
    const group = this.find(name);
    if (group !== undefined) return group;
    const names = this.all().map((one) => one.name);
    throw new ServiceFault(
      "consumerGroupNotFound",
      `There is no consumer group ${name}; there is ${names.join(", ")}.`,
    );
  }

  /**
   * The group of that name, which is made where there is none.
   *
   * @throws {ServiceFault} `tooManyConsumerGroups`
   */
  create(name: string, nowMs: number): ConsumerGroup {
    const found = this.find(name);
    if (found !== undefined) return found;
    const { consumerGroupsMax } = this.#limits;
    if (this.#byName.size >= consumerGroupsMax)
      throw new ServiceFault(
        "tooManyConsumerGroups",
        `There are ${consumerGroupsMax} consumer groups, and may be no more.`,
      );
    this.#kept.set(name.toLowerCase(), { name, createdMs: nowMs });
    return this.#add({ name, createdMs: nowMs });
  }

  /**
   * Deletes a group, which ends its readers.
   *
   * @throws {ServiceFault} `consumerGroupNotFound`, or `badRequest` for `$Default`
   */
  delete(name: string): void {
    const group = this.get(name);
    if (group.name === DEFAULT_GROUP)
      throw new ServiceFault("badRequest", `${DEFAULT_GROUP} cannot be deleted.`);
    this.#byName.delete(name.toLowerCase());
    this.#kept.delete(name.toLowerCase());
    group.endReaders();
  }

  /** The endpoint is gone, and all groups with it; their readers end. */
  forget(): void {
    this.#kept.clear();
    for (const group of this.#byName.values()) group.endReaders();
  }

  #add({ name, createdMs }: KeptGroup): ConsumerGroup {
    const group = new ConsumerGroup(name, createdMs, this.#limits.consumerGroupReadersMax);
    this.#byName.set(name.toLowerCase(), group);
    return group;
  }
}
