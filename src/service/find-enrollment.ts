import { FleetError } from "../base/errors.ts";
import type { Enrollment, EnrollmentKind } from "./enrollment-document.ts";
import type { Enrollments } from "./enrollments.ts";

/**
 * The enrollments of an id: a group and an individual enrollment may have the same.
 *
 * @param kind undefined = either
 * @returns at least one, the group first
 * @throws {FleetError} `REFUSED` where there is none
 */
export async function enrollmentsNamed(
  enrollments: Enrollments,
  id: string,
  kind: EnrollmentKind | undefined,
): Promise<readonly Enrollment[]> {
  const kinds = kind === undefined ? (["group", "individual"] as const) : [kind];
  const found = await Promise.all(kinds.map((one) => enrollments.find({ kind: one, id })));
  const there = found.filter((one) => one !== undefined);
  if (there.length > 0) return there;
  const what = kind === undefined ? "enrollment" : kindText(kind);
  throw new FleetError("REFUSED", `there is no ${what} "${id}" at ${enrollments.host}`, {
    hint: "`enroll list` shows which there are",
  });
}

/**
 * The one enrollment that is meant.
 *
 * @throws {FleetError} `REFUSED` where there is none; `USAGE` where there are two
 */
export async function enrollmentNamed(
  enrollments: Enrollments,
  id: string,
  kind: EnrollmentKind | undefined,
): Promise<Enrollment> {
  const [first, second] = await enrollmentsNamed(enrollments, id, kind);
  if (first !== undefined && second === undefined) return first;
  throw new FleetError("USAGE", `a group and an individual enrollment are called "${id}"`, {
    problems: [{ place: "--kind", message: "expected group or individual, got nothing" }],
    hint: "say which one: --kind group or --kind individual",
  });
}

const kindText = (kind: EnrollmentKind): string =>
  kind === "group" ? "enrollment group" : "individual enrollment";
