import type { Enrollment } from "./enrollment-document.ts";
import type { Registrations } from "./registrations.ts";

/** Registration records of an enrollment. */
export interface RegistrationCounts {
  readonly total: number;
  /** By the status that DPS gives them, such as `assigned`. */
  readonly byStatus: Readonly<Record<string, number>>;
}

/**
 * Counts them, all pages.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`
 */
export async function countRegistrations(
  registrations: Registrations,
  { kind, id }: Pick<Enrollment, "kind" | "id">,
): Promise<RegistrationCounts> {
  const byStatus: Record<string, number> = {};
  let total = 0;
  const count = (status: string): void => {
    total += 1;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  };
  if (kind === "group")
    for await (const page of registrations.ofGroup(id))
      for (const { status } of page) count(status);
  else {
    const record = await registrations.find(id);
    if (record !== undefined) count(record.status);
  }
  return { total, byStatus };
}
