const HOUR_MS = 3_600_000;

/** Each leaf is told of once at each of these, in ms before its end. */
const STEPS = [
  { leftMs: 168 * HOUR_MS, text: "within 7 days" },
  { leftMs: 24 * HOUR_MS, text: "within a day" },
  { leftMs: HOUR_MS, text: "within an hour" },
  { leftMs: 0, text: "now" },
] as const;
/** So many devices are named. */
const NAMED = 3;

/** When the leaves of a fleet end, and which of them a long run must be told of. */
export class LeafEnds {
  readonly #leaves = new Map<string, { readonly endMs: number; told: number }>();

  /** What ends soon already is known by then: only what comes nearer is told. */
  add(registrationId: string, endMs: number, nowMs: number): void {
    this.#leaves.set(registrationId, { endMs, told: stepOf(endMs - nowMs) });
  }

  /** A line for each step that leaves have come to since they were last asked for. */
  warnings(nowMs: number): readonly string[] {
    const nearer = STEPS.map((): string[] => []);
    for (const [id, leaf] of this.#leaves) {
      const step = stepOf(leaf.endMs - nowMs);
      if (step <= leaf.told) continue;
      leaf.told = step;
      nearer[step]?.push(id);
    }
    return STEPS.flatMap(({ text }, step) => {
      const ids = nearer[step] ?? [];
      return ids.length === 0 ? [] : [line(ids, text)];
    });
  }
}

/** The last step that was come to; -1 = none. */
const stepOf = (leftMs: number): number => STEPS.findLastIndex((step) => leftMs <= step.leftMs);

function line(ids: readonly string[], when: string): string {
  const named = ids.slice(0, NAMED).join(", ");
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
  const [what, end] = ids.length === 1 ? ["the certificate", "ends"] : ["the certificates", "end"];
  return `${what} of ${named}${more} ${end} ${when}: renew with certs renew, the fleet picks new ones up`;
}
