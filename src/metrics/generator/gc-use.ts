/** Garbage collections as V8 tells them apart. */
export const GC_KINDS = ["minor", "major", "incremental", "weakCallbacks"] as const;
export type GcKind = (typeof GC_KINDS)[number];

/** Collections by kind; a kind that there was none of is absent. `ms`: time that the event loop stood for them. */
export type GcUse = Readonly<
  Partial<Record<GcKind, { readonly count: number; readonly ms: number }>>
>;

/** The collections of two spans. */
export function addGc(a: GcUse, b: GcUse): GcUse {
  return Object.fromEntries(
    GC_KINDS.flatMap((kind) => {
      const [of, and] = [a[kind], b[kind]];
      if (of === undefined || and === undefined) {
        const only = of ?? and;
        return only === undefined ? [] : [[kind, only]];
      }
      return [[kind, { count: of.count + and.count, ms: of.ms + and.ms }]];
    }),
  );
}

/** The time of all kinds, in ms. */
export const gcMs = (use: GcUse): number => Object.values(use).reduce((sum, { ms }) => sum + ms, 0);
