/** A metric as Azure Monitor knows it; its REST name is its key in a catalogue. */
export interface MetricDefinition {
  /** As the Azure portal has it. */
  readonly displayName: string;
  readonly unit: "Count" | "Bytes" | "Milliseconds";
  /** What Azure Monitor shows unless it is asked otherwise. */
  readonly aggregation: "Total" | "Average";
  /** Names of what its values are told apart by; none for most. */
  readonly dimensions: readonly string[];
}

export type MetricCatalogue = Readonly<Record<string, MetricDefinition>>;

/** Counts occurrences. */
export function counted<const D extends readonly string[] = readonly []>(
  displayName: string,
  ...dimensions: D
) {
  return { displayName, unit: "Count", aggregation: "Total", dimensions } as const;
}

/** Adds up bytes. */
export function addedUp<const D extends readonly string[] = readonly []>(
  displayName: string,
  ...dimensions: D
) {
  return { displayName, unit: "Bytes", aggregation: "Total", dimensions } as const;
}

/** Has a size, or a duration, for each occurrence. */
export function measured<
  const U extends "Bytes" | "Milliseconds",
  const D extends readonly string[] = readonly [],
>(displayName: string, unit: U, ...dimensions: D) {
  return { displayName, unit, aggregation: "Average", dimensions } as const;
}

/** Tells how many there are now. */
export function present<const A extends "Total" | "Average">(displayName: string, aggregation: A) {
  return { displayName, unit: "Count", aggregation, dimensions: [] } as const;
}
