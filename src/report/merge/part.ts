import type { RunEvent } from "../../output/output.ts";
import type { RecordedRun } from "../recorded-run.ts";
import { readRecordedRun } from "../recorded-run.ts";

export type Of<Type extends RunEvent["type"]> = RunEvent & { readonly type: Type };

/** What a run recorded, and of it what the parts of a plan tell each for itself. */
export interface Part extends RecordedRun {
  /** Absolute. */
  readonly dir: string;
  /** As the user wrote it. */
  readonly shown: string;
  /** Time 0, ms since 1970; undefined = it did not come so far. */
  readonly beginMs: number | undefined;
  readonly configuration: Of<"configuration"> | undefined;
  readonly fleet: Of<"fleet">["devices"];
  readonly enrollments: readonly Of<"enrollment">[];
  readonly individuals: readonly Of<"individualEnrollments">[];
  readonly actions: readonly Of<"action">[];
}

/** @throws {FleetError} `FILE_INVALID` with the line, where there is no record or it holds something else */
export async function readPart(dir: string, shown: string): Promise<Part> {
  let beginMs: number | undefined;
  let configuration: Of<"configuration"> | undefined;
  const fleet: Of<"fleet">["devices"][number][] = [];
  const enrollments: Of<"enrollment">[] = [];
  const individuals: Of<"individualEnrollments">[] = [];
  const actions: Of<"action">[] = [];
  const emit = (event: RunEvent): void => {
    if (event.type === "begin") beginMs = Date.parse(event.at);
    else if (event.type === "configuration") configuration = event;
    else if (event.type === "fleet") fleet.push(...event.devices);
    else if (event.type === "enrollment") enrollments.push(event);
    else if (event.type === "individualEnrollments") individuals.push(event);
    else if (event.type === "action") actions.push(event);
  };
  const record = await readRecordedRun(dir, shown, { emit });
  return {
    ...record,
    dir,
    shown,
    beginMs,
    configuration,
    fleet,
    enrollments,
    individuals,
    actions,
  };
}
